#include "engine/prompt/shortening.hpp"

#include <cmath>
#include <string_view>
#include <utility>

#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

// What stands where something was taken out, as in a quotation.
constexpr std::string_view gap = " [...] ";
// A field of fewer bytes is not what fills a model's context.
constexpr std::size_t least_field = 64;

bool continues_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// The first place at or before `at` where a code point begins.
std::size_t boundary(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && continues_code_point(text[at])) --at;
  return at;
}

}  // namespace

shorter_question::shorter_question(const providers::sampling& sampling, sample& asked)
    : sampling_(sampling), room_(sampling.max_tokens), asked_(&asked) {}

bool shorter_question::next() { return halve() || cut(); }

// An answer needs room for more than its thinking.
bool shorter_question::halve() {
  if (!room_ || cuts_ > 0 || halvings_ == most_halvings) return false;
  const std::int64_t less = *sampling_.max_tokens / 2;
  if (less <= sampling_.reasoning_budget.value_or(0)) return false;
  ++halvings_;
  sampling_.max_tokens = asked_->shortened.max_tokens = less;
  return true;
}

bool shorter_question::cut() {
  const auto [message, begin, size] = asked_->longest;
  if (cuts_ == most_cuts || size < least_field || message >= asked_->messages.size()) return false;
  std::string& content = asked_->messages[message].content;
  if (cuts_++ == 0) {
    whole_ = content;
    sampling_.max_tokens = room_;
    asked_->shortened.max_tokens.reset();
  }
  const std::string_view field = std::string_view(whole_).substr(begin, size);
  const auto kept =
      static_cast<std::size_t>(static_cast<double>(size) * std::pow(2.0 / 3.0, cuts_));
  const std::size_t head = boundary(field, kept / 2);
  const std::size_t tail = boundary(field, size - kept / 2);
  content.assign(whole_, 0, begin + head);
  content += gap;
  content.append(whole_, begin + tail);
  asked_->shortened.cut = count_code_points(field.substr(head, tail - head));
  return true;
}

}  // namespace retort::engine
