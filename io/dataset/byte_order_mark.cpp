#include "io/dataset/byte_order_mark.hpp"

#include <string_view>

namespace retort::io {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

class unmarked_source final : public byte_source {
 public:
  explicit unmarked_source(std::unique_ptr<byte_source> text)
      : byte_source(text->name()), text_(std::move(text)) {}

  result<std::size_t> read(std::span<char> out) override {
    if (!begun_) {
      const auto begun = begin();
      if (!begun) return begun.error();
    }
    if (head_.empty()) return text_->read(out);
    const std::size_t taken = head_.copy(out.data(), out.size());
    head_.erase(0, taken);
    return taken;
  }

 private:
  // Reads as many bytes as a mark has and keeps them unless they are one.
  result<void> begin() {
    char bytes[byte_order_mark.size()];
    while (head_.size() < sizeof bytes) {
      const auto got = text_->read({bytes, sizeof bytes - head_.size()});
      if (!got) return got.error();
      if (*got == 0) break;
      head_.append(bytes, *got);
    }
    if (head_ == byte_order_mark) head_.clear();
    begun_ = true;
    return {};
  }

  std::unique_ptr<byte_source> text_;
  std::string head_;  // the first bytes, as long as nobody has taken them
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<byte_source> without_byte_order_mark(std::unique_ptr<byte_source> text) {
  return std::make_unique<unmarked_source>(std::move(text));
}

}  // namespace retort::io
