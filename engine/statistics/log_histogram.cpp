#include "engine/statistics/log_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

constexpr double growth = 1.02;
constexpr std::size_t most_bins = 3000;  // to 10^25

double middle_of(std::size_t bin) { return std::pow(growth, static_cast<double>(bin) + 0.5); }

}  // namespace

void log_histogram::add(double value) {
  if (!(value >= 1)) value = 0;
  smallest_ = count_ == 0 ? value : std::min(smallest_, value);
  largest_ = std::max(largest_, value);
  ++count_;
  if (value == 0) return void(++zeros_);
  static const double scale = 1 / std::log(growth);
  const auto bin = std::min(static_cast<std::size_t>(std::log(value) * scale), most_bins);
  if (bin >= bins_.size()) bins_.resize(bin + 1);
  ++bins_[bin];
}

std::optional<double> log_histogram::quantile(double share) const {
  if (count_ == 0) return std::nullopt;
  if (share >= 1) return largest_;
  const double wanted = std::clamp(share, 0.0, 1.0) * static_cast<double>(count_);
  auto seen = static_cast<double>(zeros_);
  if (seen >= wanted && zeros_ > 0) return 0;
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    seen += static_cast<double>(bins_[i]);
    if (seen >= wanted && bins_[i] > 0) return std::clamp(middle_of(i), smallest_, largest_);
  }
  return largest_;
}

std::uint64_t log_histogram::between(double low, double below) const {
  std::uint64_t sum = low <= 0 && below > 0 ? zeros_ : 0;
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    const double middle = std::clamp(middle_of(i), smallest_, largest_);
    if (middle >= low && middle < below) sum += bins_[i];
  }
  return sum;
}

}  // namespace retort::engine
