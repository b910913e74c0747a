#include "providers/event_reader.hpp"

#include "providers/classify.hpp"
#include "providers/finish.hpp"
#include "providers/json_fields.hpp"

namespace retort::providers {
namespace {

failure with_status(failure why, int status) {
  why.status = status;
  return why;
}

}  // namespace

void event_reader::feed(std::string_view bytes) {
  parser_.feed(bytes, [this](const sse_event& event) { take(event.data); });
}

void event_reader::take(std::string_view data) {
  if (is_over() || data.empty()) return;
  if (data == "[DONE]") return end();
  const std::size_t room = data.size() + simdjson::SIMDJSON_PADDING;
  if (event_.capacity() < room) event_.reserve(2 * room);
  event_.assign(data);
  const json_result document = parse_json_body(event_);
  simdjson::dom::element event;
  if (document.get(event)) return fail("the stream has an event that is not JSON");
  if (names_error(event)) return fail(document);
  read(event);
}

void event_reader::fail(const json_result& part) { error_ = read_error(part, event_); }

void event_reader::fail(std::string_view what) {
  fail(failure{
      failure_kind::invalid_response, 0, std::string(what) + ": " + quote_body(event_), {}});
}

outcome event_reader::finish(const io::http_response& head,
                             std::chrono::system_clock::time_point now) {
  parser_.finish([this](const sse_event& event) { take(event.data); });
  if (error_) return classify(head, *error_, now);
  if (failure_) return with_status(std::move(*failure_), head.status);
  if (!complete() && !parser_.stray().empty()) {
    io::http_response body = head;
    body.body = parser_.stray();
    return whole_.parse(body, now);
  }
  if (!complete()) {
    return failure{failure_kind::network, head.status, "the stream ended before its answer", {}};
  }
  close(head, answer_);
  answer_.finish = finish_of(answer_);
  return std::move(answer_);
}

}  // namespace retort::providers
