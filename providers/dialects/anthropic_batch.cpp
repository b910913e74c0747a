#include "providers/dialects/anthropic_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/base/json_writer.hpp"
#include "providers/body/json_fields.hpp"
#include "providers/dialects/batch_replies.hpp"
#include "providers/failure/error_body.hpp"
#include "providers/failure/rfc3339.hpp"
#include "providers/request/shared_parts.hpp"
#include "providers/stream/whole_body.hpp"

namespace retort::providers {
namespace {

using clock = std::chrono::system_clock;
using simdjson::dom::element;

constexpr std::string_view batches = "/messages/batches";
// Of each count: no sum of them overflows.
constexpr std::int64_t most_told = 1'000'000'000;

batch_status read_batch(element batch) {
  batch_status out;
  out.id = text_at(batch["id"]);
  const bool ended = text_at(batch["processing_status"]) == "ended";
  if (ended) out.now = batch_status::phase::ended;
  out.cancelled = !text_at(batch["cancel_initiated_at"]).empty();
  out.requests = 0;
  for (const char* part : {"processing", "succeeded", "errored", "canceled", "expired"}) {
    out.requests += std::min(count_at(batch["request_counts"][part], 0), most_told);
  }
  out.created = parse_rfc3339(text_at(batch["created_at"])).value_or(clock::time_point());
  // What results_url says, without a host that a gateway may stand in front of.
  const bool has_results = ended && !text_at(batch["results_url"]).empty();
  if (has_results)
    out.results.push_back(fmt::format("{}/{}/results", batches, path_segment(out.id)));
  return out;
}

// The status that an error of this type has where it is a whole response (docs.claude.com).
int status_of(std::string_view error_type) {
  static constexpr std::array<std::pair<std::string_view, int>, 9> known{{
      {"invalid_request_error", 400},
      {"authentication_error", 401},
      {"billing_error", 402},
      {"permission_error", 403},
      {"not_found_error", 404},
      {"request_too_large", 413},
      {"rate_limit_error", 429},
      {"timeout_error", 504},
      {"overloaded_error", 529},
  }};
  for (const auto& [type, status] : known) {
    if (type == error_type) return status;
  }
  return 500;
}

}  // namespace

void anthropic_batch::begin(std::string_view, std::string& out) const { out += R"({"requests":[)"; }

void anthropic_batch::append(std::string_view custom_id, std::string_view body,
                             std::string& out) const {
  if (!out.ends_with('[')) out += ',';
  io::json_writer json(out);
  json.open_object();
  json.member("custom_id", custom_id);
  json.member_raw("params", body);
  json.close_object();
}

void anthropic_batch::end(std::string_view, std::string& out) const { out += "]}"; }

api_request anthropic_batch::upload(std::string_view, std::string) const { return {}; }

reply<std::string> anthropic_batch::read_upload(const io::http_response&) const {
  return std::string();
}

api_request anthropic_batch::create(std::string_view, std::string requests_or_id) const {
  return {"POST", std::string(batches), "application/json", std::move(requests_or_id)};
}

api_request anthropic_batch::status(std::string_view id) const {
  return get_request(fmt::format("{}/{}", batches, path_segment(id)));
}

reply<batch_status> anthropic_batch::read_status(const io::http_response& response) const {
  return read_one_batch(response, read_batch);
}

api_request anthropic_batch::list(std::string_view page) const {
  return get_request(page.empty() ? fmt::format("{}?limit=100", batches) : std::string(page));
}

reply<batch_page> anthropic_batch::read_list(const io::http_response& response) const {
  return read_batches(response, read_batch, "/messages/batches?limit=100&after_id=");
}

result<batch_answer> anthropic_batch::read_answer(std::string_view text) const {
  auto line = read_batch_line(text);
  if (!line) return line.error();
  const auto result = line->root["result"];
  const std::string_view type = text_at(result["type"]);
  io::http_response as_if;
  element body;
  if (type == "succeeded" && !result["message"].get(body)) {
    as_if.status = 200;
  } else if (type == "errored" && !result["error"].get(body)) {
    as_if.status = status_of(text_at(result["error"]["error"]["type"]));
  } else if (type == "expired" || type == "canceled") {
    failure why{failure_kind::timeout, 0,
                fmt::format("the batch ended without an answer: {}", type), std::nullopt};
    return batch_answer{std::move(line->custom_id), std::move(why)};
  } else {
    failure why{failure_kind::invalid_response, 0,
                "the batch's answer is of no known type: " + quote_body(text), std::nullopt};
    return batch_answer{std::move(line->custom_id), std::move(why)};
  }
  as_if.body = exact_json(body);
  return batch_answer{std::move(line->custom_id), answers_.parse(as_if, clock::time_point())};
}

}  // namespace retort::providers
