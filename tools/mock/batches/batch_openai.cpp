#include "tools/mock/batches/batch_openai.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/base/json_writer.hpp"

namespace retort::mock {

// What the body of a creation asks for.
struct openai_batches::wish {
  const stored_file* input;
  std::string endpoint, metadata;
};

namespace {

namespace dom = simdjson::dom;
using stage = batch_times::stage;

constexpr std::uint64_t default_page = 20, max_page = 100;
constexpr std::chrono::hours window{24};
// What is kept of the metadata's limits: 16 pairs, keys of 64 characters, values of 512.
constexpr std::size_t max_pairs = 16, max_key = 64, max_value = 512;

bool is_endpoint(std::string_view text) {
  if (text.starts_with("/v1/")) text.remove_prefix(3);
  return text == "/chat/completions" || text == "/responses" || text == "/embeddings" ||
         text == "/completions";
}

bool is_metadata(dom::element given) {
  dom::object pairs;
  if (given.get(pairs)) return given.is_null();
  for (const auto [key, value] : pairs) {
    std::string_view text;
    if (value.get(text) || key.size() > max_key || text.size() > max_value) return false;
  }
  return pairs.size() <= max_pairs;
}

void write_time(io::json_writer& json, std::string_view name, batch_time when, bool reached) {
  json.key(name);
  reached ? json.value(unix_seconds(when)) : json.raw("null");
}

void write_text(io::json_writer& json, std::string_view name, std::string_view text) {
  json.key(name);
  text.empty() ? json.raw("null") : json.value(text);
}

void write_problem(io::json_writer& json, const input_problem& problem) {
  json.open_object();
  json.member("code", problem.code);
  json.member("message", problem.message);
  write_text(json, "param", problem.param);
  json.key("line");
  problem.line > 0 ? json.value(problem.line) : json.raw("null");
  json.close_object();
}

void write_problems(io::json_writer& json, const std::vector<input_problem>& problems) {
  json.open_object();
  json.member("object", "list");
  json.key("data");
  json.open_array();
  for (const input_problem& problem : problems) write_problem(json, problem);
  json.close_array();
  json.close_object();
}

constexpr std::string_view server_error =
    R"({"error":{"message":"The server had an error while processing your request (the mock was asked to have one).","type":"server_error","param":null,"code":null}})";
constexpr std::string_view expired =
    R"({"code":"batch_expired","message":"This request could not be executed before the completion window expired."})";

// A line of the output file or of the error file.
void append_line(std::string& out, const finished_line& line, const std::string& number) {
  io::json_writer json(out);
  json.open_object();
  json.member("id", "batch_req_" + number);
  json.member("custom_id", line.custom_id);
  json.key("response");
  if (line.fate == line_fate::expired) {
    json.raw("null");
    json.member_raw("error", expired);
  } else {
    const bool broken = line.fate == line_fate::errored;
    json.open_object();
    json.member("status_code", broken ? 500 : line.status);
    json.member("request_id", "req_" + number);
    json.member_raw("body", broken ? server_error : line.answer);
    json.close_object();
    json.member_raw("error", "null");
  }
  json.close_object();
  out += '\n';
}

bool any_expired(const batch& work) {
  return std::any_of(work.lines.begin(), work.lines.end(),
                     [](const finished_line& line) { return line.fate == line_fate::expired; });
}

std::string_view status_of(const batch& work, bool fails, batch_time now) {
  const stage reached = work.times.at(now);
  if (work.times.cancelled) return reached == stage::ended ? "cancelled" : "cancelling";
  if (reached == stage::checking) return "validating";
  if (fails) return "failed";
  if (reached == stage::ended) return any_expired(work) ? "expired" : "completed";
  return reached == stage::working ? "in_progress" : "finalizing";
}

void write_times(io::json_writer& json, const batch_times& times, std::string_view status,
                 batch_time now) {
  const bool failed = status == "failed";
  const bool worked_on = !failed && now >= times.checked();
  const batch_time stopped = times.cancelled.value_or(now);
  write_time(json, "created_at", times.created, true);
  write_time(json, "in_progress_at", times.checked(), worked_on && stopped >= times.checked());
  write_time(json, "expires_at", times.created + window, true);
  write_time(json, "finalizing_at", times.worked(), worked_on && stopped >= times.worked());
  write_time(json, "completed_at", times.ended(), status == "completed");
  write_time(json, "failed_at", times.checked(), failed);
  write_time(json, "expired_at", times.ended(), status == "expired");
  write_time(json, "cancelling_at", stopped, times.cancelled.has_value());
  write_time(json, "cancelled_at", times.ended(), status == "cancelled");
}

void write_counts(io::json_writer& json, const batch& work, batch_time now) {
  const std::size_t finished = work.finished(now);
  const auto good = static_cast<std::size_t>(
      std::count_if(work.lines.begin(), work.lines.begin() + static_cast<std::ptrdiff_t>(finished),
                    [](const finished_line& line) { return line.good(); }));
  json.key("request_counts");
  json.open_object();
  json.member("total", now < work.times.checked() ? 0 : work.lines.size());
  json.member("completed", good);
  json.member("failed", finished - good);
  json.close_object();
}

input_problem enqueued_too_much() {
  return {"token_limit_exceeded",
          "Enqueued token limit reached (the mock was asked to say so). Please try again once some "
          "in_progress batches have been completed.",
          "", 0};
}

}  // namespace

batch_reply openai_batches::serve(const request& asked, const batch_route& route, batch_time now) {
  if (route.about == batch_route::collection::files) return files_.serve(asked, route, now);
  if (route.id.empty()) {
    if (asked.method == "POST") return create(asked, now);
    if (asked.method == "GET") return list(asked, now);
    return refuse_openai(405, fmt::format("Not allowed to {} batches.", asked.method));
  }
  const auto at = position_of(batches_, route.id);
  if (!at) return refuse_openai(404, fmt::format("No batch found with id '{}'.", route.id));
  if (route.verb.empty() && asked.method == "GET") return {200, describe(batches_[*at], now)};
  if (route.verb == "cancel" && asked.method == "POST") return cancel(batches_[*at], now);
  return refuse_openai(404, fmt::format("Invalid URL ({} {})", asked.method, asked.target));
}

batch_reply openai_batches::create(const request& asked, batch_time now) {
  dom::element root, metadata;
  if (parser_.parse(asked.body.data(), asked.body.size()).get(root) || !root.is_object()) {
    return refuse_openai(400, "The body of the request is not a JSON object.");
  }
  std::string_view file, endpoint, in;
  if (root["input_file_id"].get(file)) {
    return refuse_openai(400, "You must provide an input_file_id.", "input_file_id");
  }
  wish wanted;
  wanted.input = files_.find(file);
  if (wanted.input == nullptr || wanted.input->purpose != "batch") {
    return refuse_openai(400, fmt::format("There is no file '{}' for batches.", file),
                         "input_file_id");
  }
  if (root["endpoint"].get(endpoint) || !is_endpoint(endpoint)) {
    return refuse_openai(400, fmt::format("'{}' is not an endpoint for batches.", endpoint),
                         "endpoint");
  }
  if (root["completion_window"].get(in) || in != "24h") {
    return refuse_openai(400, "The completion_window must be '24h'.", "completion_window");
  }
  const bool described = !root["metadata"].get(metadata);
  if (described && !is_metadata(metadata)) {
    return refuse_openai(400, "The metadata are at most 16 pairs of texts, of 64 and 512 bytes.",
                         "metadata");
  }
  wanted.endpoint = endpoint;
  wanted.metadata = described ? simdjson::minify(metadata) : "null";
  return create(wanted, now);
}

batch_reply openai_batches::create(const wish& wanted, batch_time now) {
  checked_input input =
      check_input(wanted.input->content, wanted.endpoint, maker_->most_lines(max_input_lines));
  if (maker_->refuses_next() && input.problems.empty()) {
    input.problems.push_back(enqueued_too_much());
  }
  if (!input.problems.empty()) input.lines.clear();
  entry made;
  made.work = maker_->make(fmt::format("batch_mock{}", batches_.size() + 1), wanted.endpoint,
                           std::move(input.lines), now);
  made.endpoint = wanted.endpoint;
  made.metadata = wanted.metadata;
  made.input_file = wanted.input->id;
  made.problems = std::move(input.problems);
  batches_.push_back(std::move(made));
  advance(now);  // it may take no time at all
  return {200, describe(batches_.back(), now)};
}

batch_reply openai_batches::list(const request& asked, batch_time now) const {
  const auto limit = query_limit(asked.target, default_page, max_page);
  if (!limit) return refuse_openai(400, "The limit must be between 1 and 100.", "limit");
  const std::string_view after = query_value(asked.target, "after");
  const auto before = after.empty() ? batches_.size() : position_of(batches_, after);
  if (!before) {
    return refuse_openai(400, fmt::format("No batch found with id '{}'.", after), "after");
  }
  const batch_page page = page_before(*before, *limit);
  const bool empty = page.begin == page.end;
  std::string text;
  io::json_writer json(text);
  json.open_object();
  json.member("object", "list");
  json.key("data");
  json.open_array();
  for (std::size_t i = page.begin; i > page.end; --i) json.raw(describe(batches_[i - 1], now));
  json.close_array();
  write_text(json, "first_id", empty ? "" : batches_[page.begin - 1].work.id);
  write_text(json, "last_id", empty ? "" : batches_[page.end].work.id);
  json.member("has_more", page.more());
  json.close_object();
  return {200, std::move(text)};
}

batch_reply openai_batches::cancel(entry& what, batch_time now) const {
  const std::string_view status = status_of(what.work, !what.problems.empty(), now);
  const bool over = what.work.times.at(now) == stage::ended || status == "failed";
  if (over) {
    return refuse_openai(409, fmt::format("Cannot cancel a batch with status '{}'.", status));
  }
  if (!what.work.times.cancelled) what.work.times.cancelled = now;
  return {200, describe(what, now)};
}

void openai_batches::advance(batch_time now) {
  for (entry& each : batches_) {
    if (maker_->just_ended(each.work, now)) write_files(each);
  }
}

void openai_batches::write_files(entry& ended) {
  const batch& work = ended.work;
  const batch_time when = work.times.ended();
  const std::string_view number = std::string_view(work.id).substr(work.id.find('_') + 1);
  std::string good, bad;
  const std::size_t finished = work.finished(when);
  for (std::size_t i = 0; i < finished; ++i) {
    const finished_line& line = work.lines[i];
    append_line(line.good() ? good : bad, line, fmt::format("{}_{}", number, i + 1));
  }
  const auto add = [&](std::string content, std::string_view kind) {
    if (content.empty()) return std::string();
    return files_
        .add(fmt::format("{}_{}.jsonl", work.id, kind), "batch_output", std::move(content), when)
        .id;
  };
  ended.output_file = add(std::move(good), "output");
  ended.error_file = add(std::move(bad), "error");
}

std::string openai_batches::describe(const entry& what, batch_time now) const {
  const std::string_view status = status_of(what.work, !what.problems.empty(), now);
  std::string text;
  io::json_writer json(text);
  json.open_object();
  json.member("id", what.work.id);
  json.member("object", "batch");
  json.member("endpoint", what.endpoint);
  json.key("errors");
  status == "failed" ? write_problems(json, what.problems) : json.raw("null");
  json.member("input_file_id", what.input_file);
  json.member("completion_window", "24h");
  json.member("status", status);
  write_text(json, "output_file_id", what.output_file);
  write_text(json, "error_file_id", what.error_file);
  write_times(json, what.work.times, status, now);
  write_counts(json, what.work, now);
  json.member_raw("metadata", what.metadata);
  json.close_object();
  return text;
}

}  // namespace retort::mock
