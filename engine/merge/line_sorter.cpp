#include "engine/merge/line_sorter.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace retort::engine {
namespace {

static_assert(std::is_trivially_copyable_v<line_place>);

auto rank_of(const line_place& one) {
  const sample_key& key = one.key;
  return std::tuple(key.ordinal, key.step, key.from, key.variant, key.k, one.source, one.offset);
}

constexpr std::size_t least_held = 256;  // of a part

}  // namespace

bool comes_before(const line_place& a, const line_place& b) {
  if (a.key.ordinal != b.key.ordinal) return a.key.ordinal < b.key.ordinal;  // mostly that is all
  return rank_of(a) < rank_of(b);
}

result<void> line_sorter::add(const line_place& one) {
  if (held_.size() == most_) {
    if (auto put = put_aside(); !put) return put;
  }
  held_.push_back(one);
  return {};
}

result<void> line_sorter::put_aside() {
  if (!aside_) {
    auto made = io::file::open_nameless(directory_);
    if (!made) return made.error();
    aside_ = std::move(*made);
  }
  std::ranges::sort(held_, comes_before);
  const std::string_view bytes(reinterpret_cast<const char*>(held_.data()),
                               held_.size() * sizeof(line_place));
  const auto written = aside_->write(bytes, put_ * sizeof(line_place));
  if (written.problem) return *written.problem;
  parts_.push_back({put_, held_.size()});
  put_ += held_.size();
  held_.clear();
  return {};
}

result<void> line_sorter::begin() {
  begun_ = true;
  if (!aside_) {
    std::ranges::sort(held_, comes_before);
    return {};
  }
  if (auto put = put_aside(); !put) return put;
  held_ = {};
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (auto taken = take_front(i); !taken) return taken;
  }
  return {};
}

result<void> line_sorter::read_on(part& of) {
  const auto wanted = std::min<std::uint64_t>(of.left, std::max(least_held, most_ / parts_.size()));
  of.held.resize(wanted);
  of.position = 0;
  const std::size_t bytes = wanted * sizeof(line_place);
  const auto got =
      aside_->read(reinterpret_cast<char*>(of.held.data()), bytes, of.at * sizeof(line_place));
  if (!got) return got.error();
  if (*got != bytes) return error{errc::disk, aside_->path() + ": a file has become shorter"};
  of.at += wanted;
  of.left -= wanted;
  return {};
}

result<void> line_sorter::take_front(std::size_t index) {
  part& of = parts_[index];
  if (of.position == of.held.size()) {
    if (of.left == 0) return {};
    if (auto read = read_on(of); !read) return read;
  }
  fronts_.push({of.held[of.position++], index});
  return {};
}

result<std::optional<line_place>> line_sorter::next_of_parts() {
  if (fronts_.empty()) return std::optional<line_place>();
  const front first = fronts_.top();
  fronts_.pop();
  if (auto taken = take_front(first.part); !taken) return taken.error();
  return std::optional(first.first);
}

result<std::optional<line_place>> line_sorter::next() {
  if (!begun_) {
    if (auto made = begin(); !made) return made.error();
  }
  if (aside_) return next_of_parts();
  if (position_ == held_.size()) return std::optional<line_place>();
  return std::optional(held_[position_++]);
}

}  // namespace retort::engine
