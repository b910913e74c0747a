#include "engine/workload/trace.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>

#include "engine/text/near_miss.hpp"
#include "io/dataset/dataset.hpp"

namespace retort::engine {
namespace {

using simdjson::dom::element;
using member_names = std::vector<std::string_view>;

constexpr double latest_ms = 1e15;  // behind any clock's beginning
constexpr double longest_ms = 1e9;  // 11 days
constexpr std::uint64_t most_tokens = 10'000'000;

std::string missing(const char* name, element row) {
  member_names there;
  simdjson::dom::object members;
  if (!row.get(members)) {
    for (const auto& one : members) there.push_back(one.key);
  }
  const std::string_view meant = near_miss(name, there);
  return fmt::format("has no \"{}\"{}", name,
                     meant.empty() ? "" : fmt::format(" (it has \"{}\")", meant));
}

// "" where it is as it should be; else what is wrong.
std::string take_time(element row, double& ms) {
  element told;
  if (row["timestamp"].get(told)) return missing("timestamp", row);
  const bool is_number = told.is_number() && !told.get(ms);
  if (is_number && ms >= 0 && ms <= latest_ms) return "";
  return fmt::format("timestamp is no number of milliseconds from 0 to {:g}", latest_ms);
}

std::string take_tokens(element row, const char* name, std::uint64_t& into) {
  element told;
  if (row[name].get(told)) return missing(name, row);
  if (!told.get(into) && into >= 1 && into <= most_tokens) return "";
  return fmt::format("{} is no whole number of tokens from 1 to {}", name, most_tokens);
}

std::string take_blocks(element row, std::uint64_t block_tokens, traced_request& into) {
  element told;
  if (row["hash_ids"].get(told)) return "";
  simdjson::dom::array ids;
  if (told.get(ids)) return "hash_ids is no list of whole numbers";
  for (const element one : ids) {
    std::int64_t id = 0;
    if (one.get(id)) return "hash_ids is no list of whole numbers";
    into.blocks.push_back(static_cast<std::uint64_t>(id));
  }
  const std::uint64_t room = (into.input + block_tokens - 1) / block_tokens;
  if (into.blocks.size() <= room) return "";
  return fmt::format(
      "{} hash_ids of {} tokens are more than input_length {} has room for; expected {} at most, "
      "or another --trace-block",
      into.blocks.size(), block_tokens, into.input, room);
}

std::string take(element row, std::uint64_t block_tokens, traced_request& into, double& ms) {
  if (!row.is_object()) return "is no JSON object";
  std::string why = take_time(row, ms);
  if (why.empty()) why = take_tokens(row, "input_length", into.input);
  if (why.empty()) why = take_tokens(row, "output_length", into.output);
  return why.empty() ? take_blocks(row, block_tokens, into) : why;
}

// The rows of one file, one after the other.
class tracer {
 public:
  explicit tracer(std::uint64_t block_tokens) { made_.block_tokens = block_tokens; }

  // "" where the row is good.
  std::string add(std::string_view text) {
    element row;
    if (parser_.parse(text).get(row)) return "is not JSON";
    traced_request one;
    double ms = 0;
    if (auto why = take(row, made_.block_tokens, one, ms); !why.empty()) return why;
    if (!first_) first_ = ms;
    if (ms < last_) return fmt::format("timestamp {} is before the one above it, {}", ms, last_);
    if (ms - *first_ > longest_ms) {
      return fmt::format("timestamp is over {:g} ms behind the first", longest_ms);
    }
    if (made_.requests.size() == most_traced) {
      return fmt::format("is one more than {} requests; expected a shorter trace", most_traced);
    }
    last_ = ms;
    one.at = std::chrono::nanoseconds(std::llround((ms - *first_) * 1e6));
    made_.requests.push_back(std::move(one));
    return "";
  }
  trace& made() { return made_; }

 private:
  simdjson::dom::parser parser_;
  trace made_;
  std::optional<double> first_;
  double last_ = 0;
};

double mean_of(const std::vector<traced_request>& all, std::uint64_t traced_request::*what) {
  double sum = 0;
  for (const auto& one : all) sum += static_cast<double>(one.*what);
  return sum / static_cast<double>(all.size());
}

}  // namespace

double trace::mean_input() const { return mean_of(requests, &traced_request::input); }
double trace::mean_output() const { return mean_of(requests, &traced_request::output); }

result<trace> read_trace(const std::string& file, std::uint64_t block_tokens) {
  io::dataset_options options;
  options.format = io::row_format::jsonl;
  auto reader = io::dataset_reader::open({file}, options);
  if (!reader) return reader.error();
  tracer all(block_tokens);
  for (;;) {
    const auto row = reader->next();
    if (!row) return row.error();
    if (!*row) break;
    std::string why = (*row)->problem;
    if (why.empty()) why = all.add((*row)->text);
    if (why.empty()) continue;
    return error{errc::usage, fmt::format("{}:{}: {}", file, (*row)->line, why)};
  }
  if (all.made().requests.empty()) return error{errc::usage, file + ": holds no request"};
  all.made().file = file;
  return std::move(all.made());
}

std::chrono::nanoseconds replayed_at(const traced_request& of, double speed) {
  return std::chrono::nanoseconds(std::llround(static_cast<double>(of.at.count()) / speed));
}

std::uint64_t most_within(const trace& of, double speed, std::chrono::nanoseconds time) {
  std::size_t most = 0, first = 0;
  for (std::size_t last = 0; last < of.requests.size(); ++last) {
    const auto begin = replayed_at(of.requests[last], speed) - time;
    while (first < last && replayed_at(of.requests[first], speed) <= begin) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

}  // namespace retort::engine
