#include "engine/views/line_view.hpp"

namespace retort::engine {
namespace {

class line_writer : public view_writer {
 public:
  explicit line_writer(io::sink* out) : out_(out) {}

  result<void> take(const view_change&, std::string_view rendered) override {
    ++rows_;
    return out_->append(rendered);
  }
  std::uint64_t rows() const override { return rows_; }

 private:
  io::sink* out_;
  std::uint64_t rows_ = 0;
};

}  // namespace

result<std::unique_ptr<view_writer>> line_view::begin(view_files& files) const {
  const auto out = files.open(path());
  if (!out) return out.error();
  if (auto begun = (*out)->append(header()); !begun) return begun.error();
  return std::make_unique<line_writer>(*out);
}

}  // namespace retort::engine
