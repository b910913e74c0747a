// Bytes into CSV records by RFC 4180: quoted fields, doubled quotes, newlines inside quotes, CRLF
// or LF; the same with tabs for commas. Pure: it is handed bytes in pieces of any size and keeps
// what it needs of them.
//
// Stricter than many readers, so that nothing is guessed: a quote in an unquoted field, text after
// a closing quote and a carriage return alone are faults of the record. After one of these the
// next record begins on the next line. Blank lines are no records. Between tabs a quote inside a
// field that does not begin with one is text: there are files whose writers know no quoting.
//
// Memory: the record under way, at most the limit (and four bytes per field). One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort::io {

enum class csv_fault {
  none,
  stray_quote,
  text_after_quote,
  lone_carriage_return,
  unclosed_quote,  // the input ended inside it
  too_long,
};

struct csv_record {
  std::uint64_t line = 0;           // 1-based, on which it begins
  std::string text;                 // the fields without their quotes, each followed by a comma
  std::vector<std::uint32_t> ends;  // of the fields in `text`
  csv_fault fault = csv_fault::none;
  std::size_t faulty_field = 0;  // 0-based

  std::size_t size() const { return ends.size(); }
  std::string_view field(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1] + 1;
    return std::string_view(text).substr(begin, ends[i] - begin);
  }
};

class csv_splitter {
 public:
  // Records of at most `max_record` bytes of text, commas included; below 4 GiB.
  explicit csv_splitter(std::size_t max_record, char delimiter = ',');

  // Takes bytes off the front, up to the end of a record; true when there is one in record(),
  // which then is valid until the next call. False: all bytes are taken, and more are needed.
  bool feed(std::string_view& bytes);

  // The input is over: true when that ends a last record.
  bool finish();

  const csv_record& record() const { return record_; }

 private:
  enum class state {
    field_start,
    unquoted,
    quoted,
    quote_in_quoted,  // closing, or the first of two
    carriage_return,
    rest_of_line,  // after a fault
    finished,
  };

  void step(std::string_view& bytes);
  void start_field(std::string_view& bytes);
  void read_unquoted(std::string_view& bytes);
  void read_quoted(std::string_view& bytes);
  void read_after_quote(std::string_view& bytes);
  void read_after_carriage_return(std::string_view& bytes);
  void skip_line(std::string_view& bytes);

  std::string_view take_plain_text(std::string_view& bytes) const;
  bool ends_plain_text(char c) const { return ends_plain_text_[static_cast<unsigned char>(c)]; }
  void end_field_at(std::string_view& bytes);
  void append(std::string_view text);
  void fail(csv_fault);
  void end_field();
  void end_record();
  void begin_record();
  bool is_blank() const;

  std::size_t max_record_;
  char delimiter_;
  std::array<bool, 256> ends_plain_text_{};  // the bytes that end that of an unquoted field
  csv_record record_;
  state state_ = state::field_start;
  bool has_quotes_ = false;  // some field of the record is quoted
  std::uint64_t line_ = 1;
};

}  // namespace retort::io
