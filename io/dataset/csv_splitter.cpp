#include "io/dataset/csv_splitter.hpp"

#include <algorithm>

namespace retort::io {
namespace {

std::string_view take(std::string_view& bytes, std::size_t count) {
  const std::string_view taken = bytes.substr(0, count);
  bytes.remove_prefix(taken.size());
  return taken;
}

}  // namespace

csv_splitter::csv_splitter(std::size_t max_record, char delimiter)
    : max_record_(max_record), delimiter_(delimiter) {
  for (const char c : {delimiter, '\r', '\n'}) {
    ends_plain_text_[static_cast<unsigned char>(c)] = true;
  }
  if (delimiter != '\t') ends_plain_text_['"'] = true;
  begin_record();
}

std::string_view csv_splitter::take_plain_text(std::string_view& bytes) const {
  const auto end =
      std::find_if(bytes.begin(), bytes.end(), [this](char c) { return ends_plain_text(c); });
  return take(bytes, static_cast<std::size_t>(end - bytes.begin()));
}

bool csv_splitter::feed(std::string_view& bytes) {
  if (state_ == state::finished) begin_record();
  while (!bytes.empty() && state_ != state::finished) step(bytes);
  return state_ == state::finished;
}

bool csv_splitter::finish() {
  if (state_ == state::finished) begin_record();
  if (state_ == state::quoted) fail(csv_fault::unclosed_quote);
  end_field();
  end_record();
  return state_ == state::finished;
}

void csv_splitter::step(std::string_view& bytes) {
  switch (state_) {
    case state::field_start: return start_field(bytes);
    case state::unquoted: return read_unquoted(bytes);
    case state::quoted: return read_quoted(bytes);
    case state::quote_in_quoted: return read_after_quote(bytes);
    case state::carriage_return: return read_after_carriage_return(bytes);
    case state::rest_of_line: return skip_line(bytes);
    case state::finished: return;
  }
}

void csv_splitter::start_field(std::string_view& bytes) {
  if (bytes.front() != '"') {
    state_ = state::unquoted;
    return;
  }
  take(bytes, 1);
  has_quotes_ = true;
  state_ = state::quoted;
}

void csv_splitter::read_unquoted(std::string_view& bytes) {
  append(take_plain_text(bytes));
  if (bytes.empty()) return;
  if (bytes.front() == '"') return fail(csv_fault::stray_quote);
  end_field_at(bytes);
}

void csv_splitter::read_quoted(std::string_view& bytes) {
  const std::string_view text = take(bytes, bytes.find('"'));
  append(text);
  line_ += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  if (!take(bytes, 1).empty()) state_ = state::quote_in_quoted;
}

void csv_splitter::read_after_quote(std::string_view& bytes) {
  if (bytes.front() == '"') {
    append(take(bytes, 1));
    state_ = state::quoted;
  } else if (ends_plain_text(bytes.front())) {
    end_field_at(bytes);
  } else {
    fail(csv_fault::text_after_quote);
  }
}

// At a delimiter, carriage return or newline.
void csv_splitter::end_field_at(std::string_view& bytes) {
  const char end = take(bytes, 1).front();
  if (end == '\r') {
    state_ = state::carriage_return;
    return;
  }
  end_field();
  if (end == delimiter_) {
    state_ = state::field_start;
  } else {
    ++line_;
    end_record();
  }
}

void csv_splitter::read_after_carriage_return(std::string_view& bytes) {
  if (bytes.front() != '\n') return fail(csv_fault::lone_carriage_return);
  end_field_at(bytes);
}

void csv_splitter::skip_line(std::string_view& bytes) {
  take(bytes, bytes.find('\n'));
  if (take(bytes, 1).empty()) return;
  ++line_;
  end_record();
}

void csv_splitter::append(std::string_view text) {
  if (record_.fault != csv_fault::none) return;
  if (record_.text.size() + text.size() > max_record_) {
    // What is left of the record is read but not kept: its end still depends on the quotes.
    record_.fault = csv_fault::too_long;
    record_.faulty_field = record_.size();
    return;
  }
  record_.text += text;
}

void csv_splitter::fail(csv_fault fault) {
  if (record_.fault == csv_fault::none) {
    record_.fault = fault;
    record_.faulty_field = record_.size();
  }
  state_ = state::rest_of_line;
}

void csv_splitter::end_field() {
  const std::size_t end = record_.text.size();
  append(",");
  if (record_.fault == csv_fault::none) record_.ends.push_back(static_cast<std::uint32_t>(end));
}

void csv_splitter::end_record() {
  state_ = state::finished;
  if (is_blank()) begin_record();
}

void csv_splitter::begin_record() {
  record_.line = line_;
  record_.text.clear();
  record_.ends.clear();
  record_.fault = csv_fault::none;
  has_quotes_ = false;
  state_ = state::field_start;
}

bool csv_splitter::is_blank() const {
  return record_.fault == csv_fault::none && !has_quotes_ && record_.text == ",";
}

}  // namespace retort::io
