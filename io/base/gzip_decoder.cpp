#include "io/base/gzip_decoder.hpp"

namespace retort::io {
namespace {

constexpr int gzip_only = 16 + MAX_WBITS;  // zlib's way of asking for the gzip wrapper

}  // namespace

gzip_decoder::gzip_decoder() : state_(inflateInit2(&zip_, gzip_only)) {}

bool gzip_decoder::feed(std::string_view packed, std::string& out, std::size_t limit) {
  zip_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  zip_.avail_in = static_cast<uInt>(packed.size());
  bool more = !packed.empty();
  while (more && (state_ == Z_OK || done()) && out.size() <= limit) {
    if (done()) state_ = inflateReset(&zip_);  // a member behind the last one
    char piece[16 << 10];
    zip_.next_out = reinterpret_cast<Bytef*>(piece);
    zip_.avail_out = sizeof piece;
    const int now = inflate(&zip_, Z_NO_FLUSH);
    out.append(piece, sizeof piece - zip_.avail_out);
    // Z_BUF_ERROR: all of the input is taken, and nothing was left inside.
    if (now != Z_BUF_ERROR) state_ = now;
    more = zip_.avail_in > 0 || (state_ == Z_OK && zip_.avail_out == 0);
  }
  return (state_ == Z_OK || done()) && zip_.avail_in == 0 && out.size() <= limit;
}

}  // namespace retort::io
