#include "providers/stream/block_text.hpp"

#include <algorithm>
#include <utility>

namespace retort::providers {

void block_text::begin(std::int64_t index, const std::string& text) {
  if (begun_ && (index == last_ || ends_.contains(index))) return;
  if (begun_) ends_[last_] = text.size();
  last_ = index;
  begun_ = true;
}

bool block_text::add(std::int64_t index, std::string_view piece, std::string& text) {
  begin(index, text);
  if (index == last_) {
    text += piece;
  } else {
    late_.push_back({ends_.at(index), std::string(piece)});
  }
  return !piece.empty();
}

void block_text::join(std::string& text) {
  if (late_.empty()) return;
  const auto by_place = [](const late_piece& a, const late_piece& b) { return a.place < b.place; };
  std::stable_sort(late_.begin(), late_.end(), by_place);
  std::string joined;
  std::size_t done = 0;
  for (const late_piece& each : late_) {
    joined.append(text, done, each.place - done).append(each.piece);
    done = each.place;
  }
  joined.append(text, done);
  text = std::move(joined);
  late_.clear();
}

}  // namespace retort::providers
