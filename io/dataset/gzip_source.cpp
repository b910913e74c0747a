#include "io/dataset/gzip_source.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <vector>

namespace retort::io {
namespace {

constexpr int gzip_only = 16 + MAX_WBITS;  // zlib's way of asking for the gzip wrapper

class gzip_source final : public byte_source {
 public:
  gzip_source(std::unique_ptr<byte_source> compressed, std::size_t block)
      : byte_source(compressed->name()), compressed_(std::move(compressed)), input_(block) {
    if (inflateInit2(&stream_, gzip_only) != Z_OK) throw std::bad_alloc();
  }
  ~gzip_source() override { inflateEnd(&stream_); }

  result<std::size_t> read(std::span<char> out) override {
    const auto room =
        static_cast<uInt>(std::min<std::size_t>(out.size(), std::numeric_limits<uInt>::max()));
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = room;
    while (stream_.avail_out == room) {
      const auto more = refill();
      if (!more) return more.error();
      if (!*more) return at_end();
      if (const int status = inflate_some(); status != Z_OK) return bad_data(status);
    }
    return std::size_t{room - stream_.avail_out};
  }

 private:
  // False at the end of the compressed bytes.
  result<bool> refill() {
    if (stream_.avail_in > 0) return true;
    const auto got = compressed_->read(input_);
    if (!got) return got.error();
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(*got);
    return *got > 0;
  }

  // Z_OK, or what is wrong with the bytes. Whatever follows a member must be another one.
  int inflate_some() {
    if (!inside_member_) inflateReset(&stream_);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    inside_member_ = status != Z_STREAM_END;
    return inside_member_ ? status : Z_OK;
  }

  result<std::size_t> at_end() const {
    if (!inside_member_) return std::size_t{0};
    return error{errc::unreadable, name() + ": truncated: the gzip data ends too early"};
  }

  error bad_data(int status) const {
    const std::string why = stream_.msg ? stream_.msg : zError(status);
    return {errc::unreadable, name() + ": cannot be decoded as gzip: " + why};
  }

  std::unique_ptr<byte_source> compressed_;
  std::vector<char> input_;
  z_stream stream_{};
  bool inside_member_ = true;  // from the start: a stream without a member is a truncated one
};

}  // namespace

std::unique_ptr<byte_source> gunzip(std::unique_ptr<byte_source> compressed, std::size_t block) {
  return std::make_unique<gzip_source>(std::move(compressed), block);
}

}  // namespace retort::io
