#include "io/dataset/json_array.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "io/dataset/jsonl.hpp"

namespace retort::io {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// A source some of whose bytes were read already, to see what it is.
class continued_source final : public byte_source {
 public:
  continued_source(std::string head, std::unique_ptr<byte_source> rest)
      : byte_source(rest->name()), head_(std::move(head)), rest_(std::move(rest)) {}

  result<std::size_t> read(std::span<char> out) override {
    if (head_.empty()) return rest_->read(out);
    const std::size_t taken = head_.copy(out.data(), out.size());
    head_.erase(0, taken);
    return taken;
  }

 private:
  std::string head_;
  std::unique_ptr<byte_source> rest_;
};

class array_reader final : public row_source {
 public:
  array_reader(std::unique_ptr<byte_source> text, std::size_t max_row, std::size_t block)
      : text_(std::move(text)), max_row_(max_row), block_(block) {}

  result<std::optional<row>> next() override {
    element_.clear();
    too_long_ = false;
    begins_ = 0;
    for (;;) {
      if (unread_.empty()) {
        auto more = fill();
        if (!more) return more.error();
        if (!*more) return at_end_of_text();
      }
      const char c = unread_.front();
      unread_.remove_prefix(1);
      const auto made = take(c);
      if (made == step::element) return to_row();
      if (made == step::misplaced) return misplaced();
      line_ += c == '\n';
    }
  }

 private:
  enum class step { more, element, misplaced };

  result<bool> fill() {
    const auto got = text_->read(block_);
    if (!got) return got.error();
    unread_ = {block_.data(), *got};
    return *got > 0;
  }

  step take(char c) {
    if (state_ == state::before) return is_blank(c) ? step::more : open();
    if (state_ == state::after) return is_blank(c) ? step::more : step::misplaced;
    if (in_string_) return keep_in_string(c);
    if (depth_ == 0 && (c == ',' || c == ']')) return end_element(c);
    if (depth_ == 0 && element_.empty() && !too_long_ && is_blank(c)) return step::more;
    depth_ += c == '{' || c == '[';
    depth_ -= depth_ > 0 && (c == '}' || c == ']');
    in_string_ = c == '"';
    keep(c);
    return step::more;
  }

  step open() {
    state_ = state::inside;
    return step::more;
  }

  step keep_in_string(char c) {
    in_string_ = escaped_ || c != '"';
    escaped_ = !escaped_ && c == '\\';
    keep(c);
    return step::more;
  }

  // An empty array has no element; "[1,]" has an empty one, which is a bad row.
  step end_element(char c) {
    const bool none = element_.empty() && !too_long_ && elements_ == 0 && c == ']';
    if (c == ']') state_ = state::after;
    if (none) return step::more;
    ++elements_;
    return step::element;
  }

  void keep(char c) {
    if (begins_ == 0) begins_ = line_;
    if (element_.size() == max_row_) too_long_ = true;
    if (!too_long_) element_ += c;
  }

  row to_row() {
    while (!element_.empty() && is_blank(element_.back())) element_.pop_back();
    row made;
    made.line = begins_ ? begins_ : line_;
    if (too_long_) {
      made.problem = fmt::format("longer than {} bytes", max_row_);
    } else if (element_.empty()) {
      made.problem = "nothing stands between two commas of the array";
    } else {
      made.text = element_;
    }
    return made;
  }

  result<std::optional<row>> at_end_of_text() {
    if (state_ != state::inside) return std::nullopt;
    return wrong("the text ends within the array");
  }

  result<std::optional<row>> misplaced() { return wrong("text behind the end of the array"); }

  error wrong(std::string_view what) {
    state_ = state::after;
    return {errc::dataset, fmt::format("{}:{}: {}", text_->name(), line_, what)};
  }

  enum class state { before, inside, after };

  std::unique_ptr<byte_source> text_;
  std::size_t max_row_;
  std::vector<char> block_;
  std::string_view unread_;  // of block_
  state state_ = state::before;
  std::string element_;
  bool too_long_ = false;
  std::size_t depth_ = 0;  // of brackets within the element
  bool in_string_ = false, escaped_ = false;
  std::uint64_t line_ = 1;
  std::uint64_t begins_ = 0;  // the element's line; 0 before its first character
  std::uint64_t elements_ = 0;
};

// Decides at the first character that is not blank.
class sniffing_reader final : public row_source {
 public:
  sniffing_reader(std::unique_ptr<byte_source> text, std::size_t max_row, std::size_t block)
      : text_(std::move(text)), max_row_(max_row), block_(block) {}

  result<std::optional<row>> next() override {
    if (!rows_) {
      if (auto chosen = choose(); !chosen) return chosen.error();
    }
    return rows_->next();
  }

 private:
  result<void> choose() {
    std::string head;
    std::vector<char> piece(std::min<std::size_t>(block_, 4096));
    while (std::ranges::all_of(head, is_blank) && head.size() < max_row_) {
      const auto got = text_->read(piece);
      if (!got) return got.error();
      if (*got == 0) break;
      head.append(piece.data(), *got);
    }
    const auto first = std::ranges::find_if_not(head, is_blank);
    const bool is_array = first != head.end() && *first == '[';
    auto whole = std::make_unique<continued_source>(std::move(head), std::move(text_));
    if (is_array) {
      rows_ = std::make_unique<array_reader>(std::move(whole), max_row_, block_);
    } else {
      rows_ = jsonl_rows(std::move(whole), max_row_, block_);
    }
    return {};
  }

  std::unique_ptr<byte_source> text_;
  std::size_t max_row_, block_;
  std::unique_ptr<row_source> rows_;
};

}  // namespace

std::unique_ptr<row_source> json_rows(std::unique_ptr<byte_source> text, std::size_t max_row,
                                      std::size_t block) {
  return std::make_unique<sniffing_reader>(std::move(text), max_row, block);
}

}  // namespace retort::io
