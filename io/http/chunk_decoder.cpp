#include "io/http/chunk_decoder.hpp"

#include <algorithm>

namespace retort::io {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool chunk_decoder::expect(bool is_right, place next) {
  if (is_right) at_ = next;
  return is_right;
}

// Blanks behind a size are as good as an extension: some servers pad it.
bool chunk_decoder::step_size(char c) {
  const int digit = hex_value(c);
  if (digit < 0) {
    const bool extends = c == ';' || c == ' ' || c == '\t';
    return expect(any_digit_ && (c == '\r' || extends),
                  extends ? place::extension : place::size_lf);
  }
  if (missing_ >> 60 != 0) return false;
  missing_ = missing_ << 4 | static_cast<std::uint64_t>(digit);
  return any_digit_ = true;
}

// A line end without its CR would be read as one by some and not by others.
bool chunk_decoder::skip_to(char c, place behind_cr) {
  if (c == '\r') at_ = behind_cr;
  return c != '\n';
}

bool chunk_decoder::step(char c) {
  switch (at_) {
    case place::size: return step_size(c);
    case place::extension: return skip_to(c, place::size_lf);
    case place::size_lf:
      return expect(c == '\n', missing_ > 0 ? place::data : place::trailer_begin);
    case place::data_cr: return expect(c == '\r', place::data_lf);
    case place::data_lf: any_digit_ = false; return expect(c == '\n', place::size);
    case place::trailer_begin: at_ = place::trailer; return skip_to(c, place::end_lf);
    case place::trailer: return skip_to(c, place::trailer_lf);
    case place::trailer_lf: return expect(c == '\n', place::trailer_begin);
    case place::end_lf: return expect(c == '\n', place::done);
    default: return false;
  }
}

result<chunk_decoder::piece> chunk_decoder::next(std::string_view bytes) {
  std::size_t at = 0;
  for (; at < bytes.size() && at_ != place::data && !done(); ++at) {
    if (!step(bytes[at])) {
      return error{errc::protocol, "the response is not valid HTTP/1.1: bad chunk"};
    }
  }
  if (at_ != place::data) return piece{at, {}};
  const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(missing_, bytes.size() - at));
  missing_ -= here;
  if (missing_ == 0) at_ = place::data_cr;
  return piece{at + here, bytes.substr(at, here)};
}

}  // namespace retort::io
