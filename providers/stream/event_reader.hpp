// What the stream readers of all dialects share: events, errors among them, and the end. A dialect
// says what one event adds and when an answer is whole.
#pragma once

#include <optional>
#include <string>

#include "providers/body/json_body.hpp"
#include "providers/failure/error_body.hpp"
#include "providers/stream/dialect.hpp"
#include "providers/stream/event_shape.hpp"
#include "providers/stream/halved_character.hpp"
#include "providers/stream/sse.hpp"

namespace retort::providers {

class event_reader : public stream_reader {
 public:
  // `whole` reads what turns out to be no stream of events but one JSON body.
  explicit event_reader(const dialect& whole) : whole_(whole) {}

  void feed(std::string_view bytes) final;
  std::uint64_t pieces() const final { return pieces_; }
  bool is_visible() const final { return is_visible_; }
  bool ended() const final { return is_over(); }
  // Not where more of an answer came behind what should have been its end, nor where the first of
  // it came with a finish reason: some servers give one with each piece, be it empty or a thought,
  // and then only the stream's end says that it is all.
  bool whole() const final { return complete() && pieces_ == pieces_when_whole_; }
  outcome finish(const io::http_response& head, std::chrono::system_clock::time_point now) final;

 protected:
  // One event's JSON, which names no error. What an event appends to answer_'s text or reasoning
  // must not depend on what came before, but for what another event changed that did more than that
  // (see event_shape.hpp).
  virtual void read(simdjson::dom::element event) = 0;
  // What has come may be a whole answer: it said why it ended. Once true, it stays true.
  virtual bool complete() const = 0;
  // Last touches: the request id, and what can be told only at the end.
  virtual void close(const io::http_response& head, completion& answer) = 0;

  std::string_view event_text() const { return event_; }  // of the one that is read

  // `visible`: of anything but reasoning.
  void count_piece(bool visible) {
    ++pieces_;
    is_visible_ |= visible;
  }
  // The stream has told its end ([DONE], or what the dialect has for it).
  bool told_end() const { return ended_; }
  // What came so far was not the answer after all.
  void begin_anew();
  void end() {
    ended_ = true;
    pieces_when_whole_ = pieces_;
    stray_before_end_ = parser_.stray().size();
  }
  // The event stands behind all pieces of the answer, wherever a finish reason was.
  void say_that_all_came() {
    if (complete()) pieces_when_whole_ = pieces_;
  }
  // The event's error decides, whatever came before, unless that is a whole answer.
  void fail(const json_result& part);
  // The same for a failure that the dialect has classified; its status is filled in.
  void fail(failure why);
  // The event is not as the dialect allows.
  void fail(std::string_view what);

  completion answer_;

 private:
  void take(const sse_event& event);
  std::size_t take_known(std::string_view rest);
  void parse(std::string_view data);
  bool is_over() const { return ended_ || error_ || failure_; }
  bool is_answered() const;
  void look_for_reason(bool spoke_before);

  static constexpr std::uint64_t never = ~std::uint64_t{0};

  const dialect& whole_;
  sse_parser parser_;
  std::string event_;  // the data of the event at hand
  halved_character halved_;
  event_shape shape_;
  std::string* grows_ = nullptr;  // where events of that shape put their pieces
  std::uint64_t pieces_ = 0;
  std::uint64_t pieces_when_whole_ = never;
  bool is_visible_ = false, told_reason_ = false;
  bool ended_ = false, began_anew_ = false;
  // What follows the end may be read or not: it must not matter.
  std::size_t stray_before_end_ = std::string::npos;
  std::optional<error_report> error_;
  std::optional<failure> failure_;
};

}  // namespace retort::providers
