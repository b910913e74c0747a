// Appends JSON to a string. No tree, no allocation beyond the string's own growth.
// Text must be UTF-8 and is written as it is: only what JSON demands is escaped. Any thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retort::io {

// Appends `text` as a JSON string.
void append_json_string(std::string& out, std::string_view text);

// Writes members and elements with their commas: the caller says what, never where a comma goes.
//   json_writer json(out);
//   json.open_object(); json.member("id", "q1"); json.key("n"); json.value(3); json.close_object();
// What is written is in the string once the outermost value is complete; until then some of it is
// held here, so that the many small pieces of a line cost no append each.
class json_writer {
 public:
  explicit json_writer(std::string& out) : out_(out) {}
  json_writer(const json_writer&) = delete;
  json_writer& operator=(const json_writer&) = delete;

  void open_object() { open('{'); }
  void close_object() { close('}'); }
  void open_array() { open('['); }
  void close_array() { close(']'); }

  // `name` must need no escape and be at most max_key bytes: it is one of ours, and known where
  // this is compiled, which makes it a few stores.
  static constexpr std::size_t max_key = 60;
  [[gnu::always_inline]] void key(std::string_view name) {
    char* to = room(max_key + 4);
    *to = ',';
    to += !first_;
    *to++ = '"';
    to = std::copy_n(name.data(), std::min(name.size(), max_key), to);
    *to++ = '"';
    *to++ = ':';
    at_ = to;
    first_ = true;
  }

  // A key that came from outside.
  void foreign_key(std::string_view name) {
    separate();
    put_string(name);
    put(':');
    first_ = true;
  }

  // Members that are JSON already ("\"a\":1,\"b\":2"), or none.
  void members(std::string_view json) {
    if (!json.empty()) raw(json);
  }

  void member_raw(std::string_view name, std::string_view json) {
    key(name);
    raw(json);
  }

  void value(std::string_view text) {
    separate();
    put_string(text);
    end_value();
  }
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(bool flag) { raw(flag ? "true" : "false"); }
  // The shortest text that reads back as the same double, and as no whole number of too many
  // digits; null for NaN and infinities.
  void value(double number);
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  void value(T number) {
    separate();
    char* const to = room(max_number);
    at_ = std::to_chars(to, to + max_number, number).ptr;
    end_value();
  }
  // null for nothing.
  template <class T>
  void value(const std::optional<T>& what) {
    what ? value(*what) : raw("null");
  }

  // Appends text that is JSON already.
  void raw(std::string_view json) {
    separate();
    put_raw(json);
    end_value();
  }

  template <class T>
  [[gnu::always_inline]] void member(std::string_view name, const T& what) {
    key(name);
    value(what);
  }

 private:
  static constexpr std::size_t max_number = 32;

  void open(char bracket) {
    separate();
    put(bracket);
    first_ = true;
    ++depth_;
  }
  void close(char bracket) {
    put(bracket);
    first_ = false;
    --depth_;
    end_value();
  }
  void separate() {
    if (!first_) put(',');
    first_ = false;
  }
  void end_value() {
    if (depth_ == 0) flush();
  }

  void put(char c) {
    *room(1) = c;
    ++at_;
  }
  void put_raw(std::string_view text);
  void put_string(std::string_view text);
  void put_escaped(std::string_view text);
  void put_escape(unsigned char c);

  // Where `bytes` can be written; at_ is the end of what was.
  char* room(std::size_t bytes) {
    if (static_cast<std::size_t>(held_ + sizeof held_ - at_) < bytes) flush();
    return at_;
  }
  void flush();

  std::string& out_;
  char* at_ = held_;
  int depth_ = 0;
  bool first_ = true;
  char held_[1024];
};

}  // namespace retort::io
