#include "io/dataset/counted_source.hpp"

namespace retort::io {
namespace {

class counted_source final : public byte_source {
 public:
  counted_source(std::unique_ptr<byte_source> bytes, std::atomic<std::uint64_t>& count)
      : byte_source(bytes->name()), bytes_(std::move(bytes)), count_(count) {}

  result<std::size_t> read(std::span<char> out) override {
    auto got = bytes_->read(out);
    if (got) count_.fetch_add(*got, std::memory_order_relaxed);
    return got;
  }

 private:
  std::unique_ptr<byte_source> bytes_;
  std::atomic<std::uint64_t>& count_;
};

}  // namespace

std::unique_ptr<byte_source> counted(std::unique_ptr<byte_source> bytes,
                                     std::atomic<std::uint64_t>& count) {
  return std::make_unique<counted_source>(std::move(bytes), count);
}

}  // namespace retort::io
