#include "providers/stream/event_reader.hpp"

#include "providers/body/finish.hpp"
#include "providers/body/json_fields.hpp"
#include "providers/failure/classify.hpp"
#include "providers/stream/whole_body.hpp"

namespace retort::providers {
namespace {

// The work of an event grows with the calls there are; no answer has so many.
constexpr std::size_t most_tool_calls = 1000;

// How much there is of the parts that an event can add to.
struct extent {
  std::size_t text, reasoning, calls;
  std::size_t arguments;  // of the last call
  std::size_t others;     // all but text and reasoning
};

extent extent_of(const completion& what) {
  const auto& calls = what.tool_calls;
  std::size_t others = what.refusal.size() + what.finish_reason.size() + what.logprobs.size();
  for (const tool_call& each : calls) others += 1 + each.arguments.size();
  const std::size_t last = calls.empty() ? 0 : calls.back().arguments.size();
  return {what.text.size(), what.reasoning.size(), calls.size(), last, others};
}

// The one text that has grown since, and from where on; null where none has, or several.
struct growth {
  std::string* text = nullptr;
  std::size_t from = 0;
};

growth grown(const extent& before, completion& now) {
  const extent after = extent_of(now);
  const bool spoke = after.text != before.text, thought = after.reasoning != before.reasoning;
  const std::size_t argued = after.calls == before.calls ? before.arguments : 0;
  const bool called = after.arguments != argued;
  if (spoke + thought + called != 1) return {};
  if (called) return {&now.tool_calls.back().arguments, argued};
  return spoke ? growth{&now.text, before.text} : growth{&now.reasoning, before.reasoning};
}

// "ping": some servers keep a stream alive by such an event. A piece of JSON, were it cut anywhere,
// would have a quote or a brace.
bool is_mere_word(std::string_view data) { return data.find_first_of("{}[]\"") == data.npos; }

bool tells_error(std::string_view stray) {
  simdjson::dom::element body;
  return !parse_json_body(stray).get(body) && names_error(body);
}

failure with_status(failure why, int status) {
  why.status = status;
  return why;
}

}  // namespace

void event_reader::feed(std::string_view bytes) {
  parser_.feed(
      bytes, [this](const sse_event& event) { take(event); },
      [this](std::string_view rest) { return take_known(rest); });
}

void event_reader::take(const sse_event& event) {
  if (is_over() || event.data.empty()) return;
  if (event.data == "[DONE]") return end();
  const extent before = extent_of(answer_);
  const bool spoke_before = is_visible_;
  began_anew_ = false;
  parse(event.data);
  look_for_reason(spoke_before && !began_anew_);
  shape_.forget();  // a dialect may have turned to another part of the answer
  const growth grew = began_anew_ ? growth{} : grown(before, answer_);
  if (!grew.text || halved_.join(event_, grew.from, *grew.text)) return;
  if (event.raw.empty() || extent_of(answer_).others != before.others || is_over()) return;
  grows_ = grew.text;
  shape_.learn(event.raw, std::string_view(*grew.text).substr(grew.from));
}

// A finish reason is news where the answer had begun without one.
void event_reader::look_for_reason(bool spoke_before) {
  if (told_reason_ || !complete()) return;
  told_reason_ = true;
  if (spoke_before) pieces_when_whole_ = pieces_;
}

// Whole events of the shape known, one behind the other.
std::size_t event_reader::take_known(std::string_view rest) {
  std::size_t taken = 0;
  while (!is_over()) {
    const auto event = shape_.match(rest.substr(taken));
    if (!event) break;
    grows_->append(event->piece);
    if (!event->piece.empty()) count_piece(grows_ == &answer_.text);
    taken += event->bytes;
  }
  return taken;
}

void event_reader::parse(std::string_view data) {
  event_.assign(data);
  const json_result document = parse_json_body(event_);
  simdjson::dom::element event;
  if (document.get(event)) {
    if (!is_mere_word(data)) fail("the stream has an event that is not JSON");
    return;
  }
  if (names_error(event)) return fail(document);
  read(event);
  if (answer_.tool_calls.size() > most_tool_calls) {
    failure_ = {failure_kind::invalid_response, 0, "the answer has over 1,000 tool calls", {}};
  }
}

// Whatever comes behind an answer that said why it ended, it is paid for and whole. Where the
// reason is a word of trouble ("error"), what tells of that trouble counts.
bool event_reader::is_answered() const {
  if (!whole()) return false;
  using enum providers::finish;
  const auto why = finish_named(answer_.finish_reason);
  return why != unknown && why != other;
}

void event_reader::begin_anew() {
  const usage counted = answer_.usage;
  answer_ = completion();
  answer_.usage = counted;
  pieces_when_whole_ = never;
  is_visible_ = told_reason_ = false;
  began_anew_ = true;
}

void event_reader::fail(const json_result& part) {
  if (!is_answered()) error_ = read_error(part, event_);
}

void event_reader::fail(failure why) {
  if (!is_answered()) failure_ = std::move(why);
}

void event_reader::fail(std::string_view what) {
  fail(failure{
      failure_kind::invalid_response, 0, std::string(what) + ": " + quote_body(event_), {}});
}

outcome event_reader::finish(const io::http_response& head,
                             std::chrono::system_clock::time_point now) {
  parser_.finish([this](const sse_event& event) { take(event); });
  if (error_) failure_ = classify(head, *error_, now);
  if (failure_) {
    failure_->begun = pieces_ > 0;
    return with_status(std::move(*failure_), head.status);
  }
  const std::string_view stray = std::string_view(parser_.stray()).substr(0, stray_before_end_);
  if (!stray.empty() && (!complete() || (!is_answered() && tells_error(stray)))) {
    io::http_response body = head;
    body.body = stray;
    return whole_.parse_document(body, now);
  }
  if (!complete()) {
    return failure{failure_kind::network, head.status, "the stream ended before its answer", {}};
  }
  close(head, answer_);
  outcome answer = std::move(answer_);
  conclude(answer, head.status);
  return answer;
}

}  // namespace retort::providers
