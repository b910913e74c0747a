#include "providers/dialects/openai_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "io/base/json_writer.hpp"
#include "io/base/one_line.hpp"
#include "providers/body/json_fields.hpp"
#include "providers/dialects/batch_replies.hpp"
#include "providers/failure/classify.hpp"
#include "providers/request/shared_parts.hpp"
#include "providers/stream/whole_body.hpp"

namespace retort::providers {
namespace {

using clock = std::chrono::system_clock;
using simdjson::dom::element;

// The name under which the tag stands in a batch's metadata.
constexpr std::string_view tag_name = "retort";

// No line of JSON holds a line break, so none can hold this with the one before it.
std::string boundary_of(std::string_view tag) { return fmt::format("retort-{}", tag); }

batch_status::phase phase_of(std::string_view status) {
  using enum batch_status::phase;
  if (status == "failed") return refused;
  if (status == "completed" || status == "expired" || status == "cancelled") return ended;
  return under_way;
}

// A batch that failed says why as a list of errors, none of which has an HTTP status. Tokens of
// batches that wait are limited: there will be room when others have ended.
failure why_refused(element batch) {
  error_report report;
  report.message = "no reason was given";
  bool told = false;
  for_elements(batch["errors"]["data"], [&](element each) {
    if (std::exchange(told, true)) return;
    report.message = text_at(each["message"]);
    report.code = text_at(each["code"]);
    const std::int64_t line = count_at(each["line"]);
    if (line >= 0) report.message += fmt::format(" (line {})", line);
  });
  io::http_response response;
  response.status = report.code == "token_limit_exceeded" ? 429 : 400;
  failure why = classify(response, report, clock::time_point());
  why.status = 0;
  return why;
}

// A clock that counts nanoseconds in 64 bits ends in 2262: 9.2e9 seconds.
constexpr std::int64_t last_second = 9'000'000'000;

// Completed, and its file of answers is not there yet (litellm#37713): it will be.
bool lacks_its_output(element batch) {
  const bool completed = text_at(batch["status"]) == "completed";
  return completed && text_at(batch["output_file_id"]).empty() &&
         count_at(batch["request_counts"]["completed"], 0) > 0;
}

batch_status read_batch(element batch) {
  batch_status out;
  const std::string_view status = text_at(batch["status"]);
  out.now = phase_of(status);
  out.cancelled = status == "cancelled";
  out.id = text_at(batch["id"]);
  out.tag = text_at(batch["metadata"][tag_name]);
  const std::int64_t total = count_at(batch["request_counts"]["total"]);
  if (total > 0) out.requests = total;  // 0 while it is being validated
  const std::int64_t created = std::min(count_at(batch["created_at"], 0), last_second);
  out.created = clock::time_point(std::chrono::seconds(created));
  for (const char* file : {"output_file_id", "error_file_id"}) {
    const std::string_view id = text_at(batch[file]);
    if (!id.empty()) out.results.push_back(fmt::format("/files/{}/content", path_segment(id)));
  }
  if (lacks_its_output(batch)) out.now = batch_status::phase::under_way;
  if (out.now == batch_status::phase::refused) out.why = why_refused(batch);
  return out;
}

// A request that got no response: it expired with its batch, was cancelled, or met a fault.
failure without_response(element line) {
  std::string message(text_at(line["error"]["message"]));
  const std::string_view code = text_at(line["error"]["code"]);
  if (message.empty()) message = "no response, and no reason for it";
  if (!code.empty()) message += fmt::format(" ({})", code);
  const bool late = code == "batch_expired" || code == "batch_cancelled";
  return {late ? failure_kind::timeout : failure_kind::server_error, 0, quote_body(message),
          std::nullopt};
}

}  // namespace

void openai_batch::begin(std::string_view tag, std::string& out) const {
  fmt::format_to(
      std::back_inserter(out),
      "--{0}\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
      "--{0}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{1}.jsonl\"\r\n"
      "Content-Type: application/jsonl\r\n\r\n",
      boundary_of(tag), tag);
}

void openai_batch::append(std::string_view custom_id, std::string_view body,
                          std::string& out) const {
  io::json_writer json(out);
  json.open_object();
  json.member("custom_id", custom_id);
  json.member("method", "POST");
  json.member("url", endpoint_);
  json.member_raw("body", body);
  json.close_object();
  out += '\n';
}

void openai_batch::end(std::string_view tag, std::string& out) const {
  fmt::format_to(std::back_inserter(out), "\r\n--{}--\r\n", boundary_of(tag));
}

api_request openai_batch::upload(std::string_view tag, std::string requests) const {
  return {"POST", "/files", "multipart/form-data; boundary=" + boundary_of(tag),
          std::move(requests)};
}

reply<std::string> openai_batch::read_upload(const io::http_response& response) const {
  auto body = read_body(response, clock::now());
  if (!body) return std::move(body).error();
  const std::string_view id = text_at((*body)["id"]);
  if (id.empty()) return invalid_response(response, "the uploaded file has no id");
  return std::string(id);
}

api_request openai_batch::create(std::string_view tag, std::string requests_or_id) const {
  api_request out{"POST", "/batches", "application/json", {}};
  io::json_writer json(out.body);
  json.open_object();
  json.member("input_file_id", requests_or_id);
  json.member("endpoint", endpoint_);
  json.member("completion_window", "24h");
  json.key("metadata");
  json.open_object();
  json.member(tag_name, tag);
  json.close_object();
  json.close_object();
  return out;
}

api_request openai_batch::status(std::string_view id) const {
  return get_request(fmt::format("/batches/{}", path_segment(id)));
}

reply<batch_status> openai_batch::read_status(const io::http_response& response) const {
  return read_one_batch(response, read_batch);
}

api_request openai_batch::list(std::string_view page) const {
  return get_request(page.empty() ? "/batches?limit=100" : std::string(page));
}

reply<batch_page> openai_batch::read_list(const io::http_response& response) const {
  return read_batches(response, read_batch, "/batches?limit=100&after=");
}

result<batch_answer> openai_batch::read_answer(std::string_view text) const {
  auto line = read_batch_line(text);
  if (!line) return line.error();
  const auto response = line->root["response"];
  element body;
  if (response["body"].get(body))
    return batch_answer{std::move(line->custom_id), without_response(line->root)};
  io::http_response as_if;
  as_if.status = static_cast<int>(count_at(response["status_code"], 0));
  as_if.headers =
      "x-request-id: " + io::one_line(text_at(response["request_id"]), max_quoted_bytes) + '\n';
  // Some gateways put the body's text where the body should be.
  const std::string_view as_text = text_at(response["body"]);
  as_if.body = as_text.empty() ? exact_json(body) : std::string(as_text);
  return batch_answer{std::move(line->custom_id), answers_.parse(as_if, clock::time_point())};
}

}  // namespace retort::providers
