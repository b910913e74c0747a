#include "io/dataset/zstd_source.hpp"

#include <zstd.h>

#include <new>
#include <vector>

namespace retort::io {
namespace {

class zstd_source final : public byte_source {
 public:
  zstd_source(std::unique_ptr<byte_source> compressed, std::size_t block)
      : byte_source(compressed->name()), compressed_(std::move(compressed)), buffer_(block) {
    if (!stream_) throw std::bad_alloc();
  }

  result<std::size_t> read(std::span<char> out) override {
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    while (output.pos == 0) {
      const auto more = refill();
      if (!more) return more.error();
      if (!*more) return at_end();
      const std::size_t status = ZSTD_decompressStream(stream_.get(), &output, &input_);
      if (ZSTD_isError(status)) return bad_data(ZSTD_getErrorName(status));
      inside_frame_ = status != 0;
      holds_output_ = inside_frame_ && output.pos == output.size;
    }
    return output.pos;
  }

 private:
  struct freer {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };

  // False when there is nothing more to decode: no compressed bytes and none inside the decoder.
  result<bool> refill() {
    if (input_.pos < input_.size || holds_output_) return true;
    const auto got = compressed_->read(buffer_);
    if (!got) return got.error();
    input_ = {buffer_.data(), *got, 0};
    return *got > 0;
  }

  result<std::size_t> at_end() const {
    if (!inside_frame_) return std::size_t{0};
    return error{errc::unreadable, name() + ": truncated: the zstd data ends too early"};
  }

  error bad_data(const std::string& why) const {
    return {errc::unreadable, name() + ": cannot be decoded as zstd: " + why};
  }

  std::unique_ptr<byte_source> compressed_;
  std::vector<char> buffer_;
  ZSTD_inBuffer input_{nullptr, 0, 0};
  std::unique_ptr<ZSTD_DStream, freer> stream_{ZSTD_createDStream()};
  bool inside_frame_ = true;   // from the start: a stream without a frame is a truncated one
  bool holds_output_ = false;  // the caller's buffer was full before the decoder was empty
};

}  // namespace

std::unique_ptr<byte_source> unzstd(std::unique_ptr<byte_source> compressed, std::size_t block) {
  return std::make_unique<zstd_source>(std::move(compressed), block);
}

}  // namespace retort::io
