#include "providers/stream/whole_body.hpp"

#include <algorithm>

#include "io/base/one_line.hpp"
#include "providers/body/finish.hpp"
#include "providers/body/usage_counts.hpp"
#include "providers/failure/classify.hpp"
#include "providers/failure/error_body.hpp"

namespace retort::providers {
namespace {

// No JSON begins so.
bool begins_as_events(std::string_view body) {
  body.remove_prefix(std::min(body.find_first_not_of("\xef\xbb\xbf \t\r\n"), body.size()));
  for (const std::string_view field : {":", "data:", "event:", "id:", "retry:"}) {
    if (body.starts_with(field)) return true;
  }
  return false;
}

// What a 2xx comes to that is a stream of events; nothing when it is no such thing, by its first
// bytes: a gateway's content type may say anything.
std::optional<outcome> read_events(const dialect& speaker, const io::http_response& response,
                                   std::chrono::system_clock::time_point now) {
  if (!response.is_success() || !begins_as_events(response.body)) return std::nullopt;
  const auto reader = speaker.read_stream();
  reader->feed(response.body);
  return reader->finish(response, now);
}

// A call without arguments has an empty object of them. One whose arguments are cut off was cut off
// with them, though vLLM's streams say that it ended in a call (vllm-project/vllm#53269).
void close_calls(completion& answer) {
  for (tool_call& each : answer.tool_calls) {
    if (each.arguments.empty()) each.arguments = "{}";
    const bool is_whole = !parse_json_body(each.arguments).error();
    if (!is_whole && answer.finish == finish::tool_calls) answer.finish = finish::length;
  }
}

}  // namespace

outcome dialect::parse(const io::http_response& response,
                       std::chrono::system_clock::time_point now) const {
  if (auto streamed = read_events(*this, response, now)) return std::move(*streamed);
  return parse_document(response, now);
}

outcome dialect::parse_document(const io::http_response& response,
                                std::chrono::system_clock::time_point now) const {
  const auto body = read_body(response, now);
  if (!body) return body.error();
  const auto finished = [&] {  // its only return is one of a name, which moves no answer
    outcome answer = read_answer(response, *body, now);
    conclude(answer, response.status);
    return answer;
  };
  return finished();
}

void conclude(outcome& answer, int status) {
  if (!answer) return;
  const std::string& why = answer->finish_reason;
  if (names_trouble(why)) {
    failure broken{failure_kind::server_error, status, "the answer was broken off: " + why, {}};
    broken.begun = true;
    answer = std::move(broken);
    return;
  }
  answer->finish = finish_of(*answer);
  close_calls(*answer);
  forget_empty_counts(*answer);
}

boost::system::result<simdjson::dom::element, failure> read_body(
    const io::http_response& response, std::chrono::system_clock::time_point now) {
  const json_result document = parse_json_body(response.body);
  if (response.status < 200 || response.status >= 300) {
    return read_failure(response, document, now);
  }
  simdjson::dom::element body;
  if (document.get(body)) {
    failure why = invalid_response(response, "the response is not JSON");
    why.foreign = !looks_like_json(response.body);
    return why;
  }
  if (names_error(body)) return read_failure(response, document, now);
  return body;
}

failure read_failure(const io::http_response& response, const json_result& part,
                     std::chrono::system_clock::time_point now) {
  failure why = classify(response, read_error(part, response.body), now);
  why.begun = part["usage"].is_object();
  return why;
}

failure invalid_response(const io::http_response& response, std::string_view what) {
  return {failure_kind::invalid_response, response.status,
          std::string(what) + ": " + quote_body(response.body), std::nullopt};
}

std::string request_id(const io::http_response& response, std::string_view header_name,
                       std::string_view in_body) {
  const std::string_view header = response.header(header_name);
  return header.empty() ? std::string(in_body) : io::one_line(header, max_quoted_bytes);
}

}  // namespace retort::providers
