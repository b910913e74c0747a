// Appends JSON to a string. No tree, no allocation beyond the string's own growth.
// Text must be UTF-8 and is written as it is: only what JSON demands is escaped. Any thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace retort::io {

// Appends `text` with JSON's escapes, without the quotes around it.
void append_json_escaped(std::string& out, std::string_view text);

// Appends `text` as a JSON string.
void append_json_string(std::string& out, std::string_view text);

void append_json_number(std::string& out, std::integral auto value) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

// The shortest text that reads back as the same double; null for NaN and infinities.
void append_json_number(std::string& out, double value);

// Writes members and elements with their commas: the caller says what, never where a comma goes.
//   json_writer json(out);
//   json.open_object(); json.member("id", "q1"); json.key("n"); json.value(3); json.close_object();
class json_writer {
 public:
  explicit json_writer(std::string& out) : out_(out) {}

  void open_object() { open('{'); }
  void close_object() { close('}'); }
  void open_array() { open('['); }
  void close_array() { close(']'); }

  // `name` must need no escape and be at most max_key bytes: it is one of ours.
  static constexpr std::size_t max_key = 60;
  void key(std::string_view name) {
    char text[max_key + 4];
    out_.append(text, write_key(text, name));
    first_ = true;
  }

  // A key that came from outside.
  void foreign_key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_ += ':';
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
    append_json_string(out_, text);
  }
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(bool flag) { raw(flag ? "true" : "false"); }
  void value(double number) {
    separate();
    append_json_number(out_, number);
  }
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  void value(T number) {
    separate();
    append_json_number(out_, number);
  }

  // Appends text that is JSON already.
  void raw(std::string_view json) {
    separate();
    out_ += json;
  }

  // Texts and whole numbers, the most common, with as few appends as can be.
  template <class T>
  void member(std::string_view name, const T& what) {
    char text[max_key + 4 + 24];
    char* end = write_key(text, name);
    if constexpr (std::convertible_to<const T&, std::string_view>) {
      *end++ = '"';
      out_.append(text, end);
      append_json_escaped(out_, what);
      out_ += '"';
    } else if constexpr (std::integral<T> && !std::same_as<T, bool>) {
      out_.append(text, std::to_chars(end, text + sizeof text, what).ptr);
    } else {
      out_.append(text, end);
      first_ = true;
      value(what);
    }
  }

 private:
  // Returns the end of what it writes: at most max_key + 4 bytes. A value follows.
  char* write_key(char* to, std::string_view name) {
    if (!first_) *to++ = ',';
    first_ = false;
    *to++ = '"';
    to = std::copy_n(name.data(), std::min(name.size(), max_key), to);
    *to++ = '"';
    *to++ = ':';
    return to;
  }
  void open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace retort::io
