#include "engine/statistics/log_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace retort::engine {
namespace {

// A double's exponent and the first bits of its fraction, read as one number, are a log-linear
// scale.
constexpr int fraction_bits = 8;
constexpr int dropped_bits = 52 - fraction_bits;
constexpr std::uint64_t first_bin = std::bit_cast<std::uint64_t>(1.0) >> dropped_bits;
constexpr std::size_t most_bins = std::size_t{68} << fraction_bits;  // to 2^68, about 10^20

std::size_t bin_of(double value) {
  const std::uint64_t place = (std::bit_cast<std::uint64_t>(value) >> dropped_bits) - first_bin;
  return static_cast<std::size_t>(std::min<std::uint64_t>(place, most_bins - 1));
}

double bound_of(std::size_t bin) {
  return std::bit_cast<double>((first_bin + bin) << dropped_bits);
}

double middle_of(std::size_t bin) { return (bound_of(bin) + bound_of(bin + 1)) / 2; }

}  // namespace

void log_histogram::add(double value, std::uint64_t times) {
  if (times == 0) return;
  if (!(value >= 1)) value = 0;
  smallest_ = count_ == 0 ? value : std::min(smallest_, value);
  largest_ = std::max(largest_, value);
  sum_ += static_cast<long double>(value) * static_cast<long double>(times);
  count_ += times;
  if (value == 0) {
    zeros_ += times;
    return;
  }
  const std::size_t bin = bin_of(value);
  if (bin >= bins_.size()) bins_.resize(bin + 1);
  bins_[bin] += times;
}

std::optional<double> log_histogram::mean() const {
  if (count_ == 0) return std::nullopt;
  return static_cast<double>(sum_ / static_cast<long double>(count_));
}

std::optional<double> log_histogram::quantile(double share) const {
  if (count_ == 0) return std::nullopt;
  const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
  return at_rank(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted)));
}

double log_histogram::at_rank(std::uint64_t rank) const {
  if (rank >= count_) return largest_;
  if (rank <= 1) return smallest_;
  std::uint64_t seen = zeros_;
  if (seen >= rank) return 0;
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    seen += bins_[i];
    if (seen >= rank) return std::clamp(middle_of(i), smallest_, largest_);
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

std::vector<std::pair<double, std::uint64_t>> log_histogram::filled() const {
  std::vector<std::pair<double, std::uint64_t>> out;
  if (zeros_ > 0) out.emplace_back(0, zeros_);
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    if (bins_[i] > 0) out.emplace_back(std::clamp(middle_of(i), smallest_, largest_), bins_[i]);
  }
  return out;
}

}  // namespace retort::engine
