// A push parser of text/event-stream (WHATWG HTML, 9.2.6): bytes in, split anywhere; events out.
// Lines end in LF, CRLF or CR; comments and unknown fields are passed over, a byte order mark too.
// Unlike the standard's it does not drop an event that the stream's end cut short of its blank
// line: finish() gives it, since providers are known to leave that out. One thread at a time.
//
// An event that lies in one feed() is given as it lies there: nothing is copied, and nothing is
// allocated once the buffers for those that do not have grown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace retort::providers {

struct sse_event {
  std::string_view type;  // of the field `event`; "" when there is none
  std::string_view data;  // its lines joined by LF
  // All of it up to its blank line, where it lies in one feed() and has no stray line; else "".
  std::string_view raw;
};

// Longer events are no answers of a provider: what is beyond this is dropped.
inline constexpr std::size_t max_sse_event = std::size_t{64} << 20;

class sse_parser {
 public:
  // Calls `on_event(const sse_event&)` for each event that `bytes` completes. Its views live until
  // the call returns.
  template <class Each>
  void feed(std::string_view bytes, const Each& on_event) {
    feed(bytes, on_event, [](std::string_view) { return std::size_t{0}; });
  }
  // The same; before each event `take_whole(rest)` is asked how many bytes of whole events it has
  // dealt with itself.
  template <class Each, class Take>
  void feed(std::string_view bytes, const Each& on_event, const Take& take_whole) {
    std::string_view rest = bytes;
    next_lf_ = begin_ = nullptr;
    for (;;) {
      if (is_between_events()) {
        rest.remove_prefix(take_whole(rest));
        begin_ = rest.data();
      }
      if (!take_line(rest)) break;
      behind_ = rest.data();
      end_line(on_event);
    }
    keep(rest);
  }

  // The stream has ended: the last line and the last event end with it.
  template <class Each>
  void finish(const Each& on_event) {
    begin_ = nullptr;
    line_ = partial_line_;
    if (!line_.empty()) end_line(on_event);
    if (has_data_) give(on_event);
  }

  // The last `id`; "" before there is one.
  const std::string& last_id() const { return id_; }
  // Lines that are no fields: a body that is no event stream at all, or an error that interrupts
  // one without being an event (Gemini: python-genai 66807187). Each with an LF.
  const std::string& stray() const { return stray_; }

 private:
  template <class Each>
  void end_line(const Each& on_event) {
    if (line_.empty()) {
      if (has_data_) give(on_event);
      forget_event();
    } else {
      read_field();
    }
    partial_line_.clear();
  }
  template <class Each>
  void give(const Each& on_event) {
    on_event(sse_event{type_, data_, raw()});
    forget_event();
  }

  // Nothing of the next event has come. An LF that belongs to the CR before is no part of it.
  bool is_between_events() const {
    return !has_data_ && !skip_lf_ && !at_start_ && partial_line_.empty() && type_.empty();
  }
  std::string_view raw() const {
    if (begin_ == nullptr || skip_lf_) return {};
    return {begin_, static_cast<std::size_t>(behind_ - begin_)};
  }

  bool take_line(std::string_view& rest);
  const char* line_end(std::string_view rest);
  void keep(std::string_view rest);
  void read_field();
  void read_value(std::string_view name, std::string_view value);
  void add_data(std::string_view value);
  void own_data();
  void forget_event();

  std::string_view line_;     // the one at hand, without its ending
  std::string partial_line_;  // of earlier feeds
  std::string_view data_;     // in what is fed, or in data_buffer_
  std::string data_buffer_;
  std::string type_, id_, stray_;
  const char* next_lf_ = nullptr;  // in what is fed; its end when there is none
  // Of what is fed: where the event began, if it did there, and where the line at hand has ended.
  const char *begin_ = nullptr, *behind_ = nullptr;
  bool has_data_ = false;
  bool skip_lf_ = false;  // a CR was the last byte: an LF now belongs to it
  bool at_start_ = true;
};

}  // namespace retort::providers
