#include "engine/views/held_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace retort::engine {
namespace {

std::size_t sum_of(std::span<const std::size_t> lengths) {
  std::size_t sum = 0;
  for (const std::size_t one : lengths) sum += one;
  return sum;
}

auto by_key(const view_change& of) { return std::tuple(of.key.variant, of.key.k); }

bool is_better(const view_change& one, const view_change& than) {
  if (one.score != than.score) return one.score > than.score;
  if (one.length != than.length) return one.length < than.length;
  return by_key(one) < by_key(than);
}

}  // namespace

std::size_t best_of(std::span<const held_sample> of) {
  const auto best = std::ranges::min_element(of, is_better, &held_sample::change);
  return static_cast<std::size_t>(best - of.begin());
}

std::vector<std::size_t> majority_of(
    std::span<const held_sample> of,
    const std::function<bool(std::string_view, std::string_view)>& are_same) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < of.size(); ++i) {
    const auto& answer = of[i].change.answer;
    if (!answer) continue;
    const auto group = std::ranges::find_if(
        groups, [&](const auto& one) { return are_same(*answer, *of[one[0]].change.answer); });
    if (group == groups.end()) {
      groups.push_back({i});
    } else {
      group->push_back(i);
    }
  }
  const auto most = std::ranges::max_element(groups, {}, &std::vector<std::size_t>::size);
  return most == groups.end() ? std::vector<std::size_t>() : std::move(*most);
}

result<void> held_samples::hold(const view_change& change, std::span<const std::size_t> lengths,
                                std::string_view texts) {
  entry one;
  one.bytes = sum_of(lengths);
  one.sample.change = change;
  one.sample.lengths.assign(lengths.begin(), lengths.end());
  texts = texts.substr(0, one.bytes);
  if (bytes_ + one.bytes > most_bytes_) {
    auto spilt = spill(one, texts);
    if (!spilt) return spilt;
  } else {
    one.sample.texts = texts;
    bytes_ += one.bytes;
  }
  records_[group_of(change.key)].push_back(std::move(one));
  return {};
}

result<void> held_samples::spill(entry& one, std::string_view texts) {
  if (!out_) {
    auto in = io::file::open_nameless(directory_);
    if (!in) return in.error();
    auto again = (*in)->again();
    if (!again) return again.error();
    auto out = io::sink::open(std::move(*again), 0);
    if (!out) return out.error();
    out_.emplace(std::move(*out));
    in_ = std::move(*in);
  }
  one.at = out_->size();
  return out_->append(texts);
}

result<void> held_samples::read_back(entry& one) {
  if (!one.at) {
    bytes_ -= one.bytes;
    return {};
  }
  if (auto flushed = out_->flush(); !flushed) return flushed;
  one.sample.texts.resize(one.bytes);
  auto got = in_->read(one.sample.texts.data(), one.bytes, *one.at);
  if (!got) return got.error();
  if (*got == one.bytes) return {};
  return error{errc::unreadable, fmt::format("{}: shorter than it was written", in_->path())};
}

result<std::vector<held_sample>> held_samples::take(std::uint64_t group) {
  std::vector<held_sample> out;
  const auto found = records_.find(group);
  if (found == records_.end()) return out;
  out.reserve(found->second.size());
  for (entry& one : found->second) {
    auto read = read_back(one);
    if (!read) return read.error();
    out.push_back(std::move(one.sample));
  }
  records_.erase(found);
  if (records_.empty()) out_.reset(), in_.reset();  // what was spilt is needed no more
  std::ranges::sort(out, {}, [](const held_sample& one) { return by_key(one.change); });
  return out;
}

std::optional<std::uint64_t> held_samples::first_record() const {
  if (records_.empty()) return std::nullopt;
  return records_.begin()->first;
}

}  // namespace retort::engine
