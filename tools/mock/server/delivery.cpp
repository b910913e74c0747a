#include "tools/mock/server/delivery.hpp"

#include <algorithm>
#include <iterator>

namespace retort::mock {
namespace {

// As DeepSeek sends them while a request waits for its turn: before a body, and within a stream.
constexpr std::string_view blank_lines = "\n\n   \n\r\n";
constexpr std::string_view keep_alive = ": keep-alive\n\n";

reaction say(std::string bytes, ending then) {
  reaction made;
  made.bytes = std::move(bytes);
  made.then = then;
  return made;
}

ending usual_ending(const framing& how) { return how.close ? ending::close : ending::keep; }

ending ending_of(fault met, const framing& how) {
  switch (met) {
    case fault::reset_middle: return ending::reset;
    case fault::truncated: return ending::close;
    case fault::stall: return ending::stall;
    default: return usual_ending(how);
  }
}

bool breaks_off(fault met) {
  return met == fault::reset_middle || met == fault::truncated || met == fault::stall;
}

// Half of its JSON, in an event that is whole.
void break_json(event& spoilt) {
  constexpr std::string_view mark = "data: ", end = "\n\n";
  const std::size_t begin = spoilt.text.find(mark) + mark.size();
  spoilt.text.resize(begin + (spoilt.text.size() - begin - end.size()) / 2);
  spoilt.text += end;
}

// All that comes in the second half: in every dialect there is something in it that a client cannot
// do without. (The longest event alone can be one that only counts a long prompt's tokens.)
void break_second_half(std::vector<event>& events) {
  std::for_each(events.begin() + static_cast<std::ptrdiff_t>(middle_of(events)), events.end(),
                break_json);
}

// What is written at a time: all there is, or up to the next piece of the answer.
std::vector<std::string> writes_of(const std::vector<event>& events, bool paced, bool comments) {
  std::vector<std::string> writes(1);
  bool began = false;
  for (const event& each : events) {
    if (paced && each.is_piece && began) writes.emplace_back();
    began = began || each.is_piece;
    if (comments) append_chunk(writes.back(), keep_alive);
    append_chunk(writes.back(), each.text);
  }
  return writes;
}

// Ends it in the middle of its bytes.
void halve(std::vector<std::string>& writes) {
  std::size_t left = 0;
  for (const std::string& each : writes) left += each.size();
  left /= 2;
  std::size_t i = 0;
  for (; writes[i].size() < left; ++i) left -= writes[i].size();
  writes[i].resize(left);
  writes.resize(i + 1);
}

}  // namespace

reaction deliver_whole(fault met, const std::string& good, framing how) {
  if (met == fault::connection_close) how.close = true;
  if (met == fault::truncated) how.chunked = false;  // only a length announces what does not come
  if (breaks_off(met)) return say(frame(200, good, how).half(), ending_of(met, how));
  std::string body = met == fault::blank_lines ? std::string(blank_lines) + good : good;
  if (met == fault::invalid_json) body.resize(good.size() / 2);
  return say(frame(200, body, how).bytes, usual_ending(how));
}

reaction deliver_events(fault met, std::vector<event> events, framing how,
                        std::chrono::microseconds pause) {
  if (met == fault::connection_close) how.close = true;
  if (met == fault::invalid_json) break_second_half(events);
  if (met == fault::cut_stream) events.resize(middle_of(events));
  std::vector<std::string> writes = writes_of(events, pause.count() > 0, met == fault::blank_lines);
  breaks_off(met) ? halve(writes) : void(writes.back() += last_chunk);
  reaction made = say(event_stream_head(how) + writes.front(), ending_of(met, how));
  made.streamed = true;
  made.pause = pause;
  made.later.assign(std::make_move_iterator(writes.begin() + 1),
                    std::make_move_iterator(writes.end()));
  return made;
}

std::size_t middle_of(const std::vector<event>& events) { return events.size() / 2; }

}  // namespace retort::mock
