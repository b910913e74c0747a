#include "engine/outputs/ordered_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retort::engine {

result<void> ordered_lines::open() {
  auto in = io::file::open_nameless(directory_);
  if (!in) return in.error();
  auto again = (*in)->again();
  if (!again) return again.error();
  auto out = io::sink::open(std::move(*again), 0);
  if (!out) return out.error();
  out_.emplace(std::move(*out));
  in_ = std::move(*in);
  return {};
}

result<void> ordered_lines::add(const sample_key& of, std::string_view line) {
  if (!out_) {
    if (auto opened = open(); !opened) return opened;
  }
  const std::uint64_t at = out_->size();
  lines_.push_back({{of.ordinal, of.step, of.from, of.variant, of.k, at}, line.size()});
  return out_->append(line);
}

result<void> ordered_lines::pour_into(
    const std::function<result<void>(std::string_view line)>& to) {
  if (!out_) return {};
  if (auto flushed = out_->flush(); !flushed) return flushed;
  std::ranges::sort(lines_, {}, &place::order);
  std::string line;
  for (const place& one : lines_) {
    line.resize(one.bytes);
    const auto got = in_->read(line.data(), line.size(), std::get<5>(one.order));
    if (!got) return got.error();
    if (*got != line.size()) {
      return error{errc::unreadable, fmt::format("{}: shorter than it was written", in_->path())};
    }
    if (auto put = to(line); !put) return put;
  }
  lines_ = {};
  out_.reset();
  in_.reset();
  return {};
}

}  // namespace retort::engine
