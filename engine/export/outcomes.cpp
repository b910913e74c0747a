#include "engine/export/outcomes.hpp"

#include <fmt/format.h>

namespace retort::engine {
namespace {

constexpr std::size_t accepted_outcome = 0, failed_outcome = 1;

class outcome_writer : public view_writer {
 public:
  explicit outcome_writer(const outcome_listener* listener) : listener_(listener) {}

  // What render() has put together.
  result<void> take(const view_change& change, std::string_view rendered) override {
    const bool is_unjudged = rendered[0] == '?';
    const std::size_t end = rendered.find('\0');
    const auto id = rendered.substr(1, end - 1);
    (*listener_)({change.key, outcome_of(change, is_unjudged), id, rendered.substr(end + 1)});
    return {};
  }
  std::uint64_t rows() const override { return 0; }

 private:
  const outcome_listener* listener_;
};

class outcome_view : public view {
 public:
  explicit outcome_view(outcome_listener listener)
      : view(view_kind::rejected, ""), listener_(std::move(listener)) {}

  std::string_view render(const sample& judged, std::string& out) const override {
    out += judged.is_unjudged ? '?' : '.';
    out.append(judged.id.substr(0, judged.id.find('\0'))) += '\0';
    out += judged.reject_detail;
    return {};
  }
  result<std::unique_ptr<view_writer>> begin(view_files&) const override {
    return std::make_unique<outcome_writer>(&listener_);
  }

 private:
  outcome_listener listener_;
};

class discarding_writer : public view_writer {
 public:
  result<void> take(const view_change&, std::string_view) override { return {}; }
  std::uint64_t rows() const override { return 0; }
};

class unwritten_view : public view {
 public:
  explicit unwritten_view(std::unique_ptr<const view> of)
      : view(view_kind::exported, ""), of_(std::move(of)) {}

  bool is_of_records() const override { return of_->is_of_records(); }
  std::string_view render(const sample& judged, std::string& out) const override {
    return of_->render(judged, out);
  }
  result<std::unique_ptr<view_writer>> begin(view_files&) const override {
    return std::make_unique<discarding_writer>();
  }

 private:
  std::unique_ptr<const view> of_;
};

}  // namespace

std::unique_ptr<const view> make_unwritten(std::unique_ptr<const view> of) {
  if (of->kind() != view_kind::exported) return nullptr;
  return std::make_unique<unwritten_view>(std::move(of));
}

std::size_t outcome_of(const view_change& change, bool is_unjudged) {
  if (is_unjudged) return unjudged_outcome;
  if (change.verdict == verdict::accepted) return accepted_outcome;
  if (change.verdict == verdict::failed) return failed_outcome;
  return unjudged_outcome + 1 + static_cast<std::size_t>(*change.rejected);
}

std::string name_of_outcome(std::size_t outcome) {
  constexpr std::string_view words[] = {"accepted", "failed", "unscored"};
  if (outcome <= unjudged_outcome) return std::string(words[outcome]);
  const auto reason = static_cast<reject_reason>(outcome - unjudged_outcome - 1);
  return fmt::format("rejected ({})", name(reason));
}

void outcome_set::note(const sample_key& key, std::size_t outcome) {
  by_outcome_[failed_outcome].remove(index(key));
  by_outcome_[unjudged_outcome].remove(index(key));
  by_outcome_[outcome].add(index(key));
}

std::optional<std::size_t> outcome_set::of(const sample_key& key) const {
  for (std::size_t i = 0; i < outcomes; ++i) {
    if (by_outcome_[i].contains(index(key))) return i;
  }
  return std::nullopt;
}

std::uint64_t outcome_set::count_both(std::size_t here, const outcome_set& there,
                                      std::size_t other) const {
  return (by_outcome_[here] & there.by_outcome_[other]).cardinality();
}

std::unique_ptr<const view> make_outcome_view(outcome_listener listener) {
  return std::make_unique<outcome_view>(std::move(listener));
}

}  // namespace retort::engine
