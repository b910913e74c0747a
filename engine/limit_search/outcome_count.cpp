#include "engine/limit_search/outcome_count.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retort::engine {
namespace {

constexpr std::uint64_t failures_among = 10;  // one of so many is no matter

}  // namespace

bool is_refusal(const measurement& of) {
  return of.failed && of.failed->kind == providers::failure_kind::rate_limited;
}

bool may_pass(const measurement& of) {
  return of.failed && !is_refusal(of) && providers::is_transient(of.failed->kind);
}

void outcome_count::add(const measurement& one) {
  if (is_refusal(one)) {
    ++refused;
  } else if (!one.failed) {
    ++answered;
  } else {
    ++failed;
    passing_ += engine::may_pass(one);
    failure_class& same = by_class_[class_of(*one.failed)];
    if (same.count++ == 0) same.example = one.failed->message;
  }
}

bool outcome_count::is_spoiled(std::uint64_t of) const { return failed * failures_among > of; }

std::string outcome_count::failures() const {
  const auto most =
      std::ranges::max_element(by_class_, {}, [](const auto& one) { return one.second.count; });
  if (most == by_class_.end()) return "no request failed";
  const std::string& example = most->second.example;
  return fmt::format("{} of {} requests failed ({}{}{})", failed, answered + refused + failed,
                     most->first, example.empty() ? "" : ": ", example);
}

}  // namespace retort::engine
