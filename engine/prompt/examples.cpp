#include "engine/prompt/examples.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <tuple>

#include "engine/prompt/record_json.hpp"
#include "io/dataset/dataset.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

using simdjson::dom::element;

std::uint64_t hash_of(const std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

// "1" is 1: where one file has types and another none, as CSV.
std::uint64_t hash_of(element value) {
  std::string_view text;
  return value.get(text) ? hash_of(simdjson::minify(value)) : hash_of(text);
}

// Numbers from 0 on, each once, in an order that the seed gives: a shuffle of which only what was
// moved is kept.
class shuffled {
 public:
  shuffled(std::uint32_t size, std::uint64_t seed) : size_(size), seed_(seed) {}

  bool is_over() const { return taken_ == size_; }
  std::uint32_t next() {
    const std::uint32_t chosen = taken_ + below(size_ - taken_);
    const std::uint32_t out = at(chosen);
    moved_[chosen] = at(taken_++);
    return out;
  }

 private:
  std::uint32_t at(std::uint32_t place) const {
    const auto found = moved_.find(place);
    return found == moved_.end() ? place : found->second;
  }
  std::uint32_t below(std::uint32_t end) const {
    const std::uint64_t random = XXH3_64bits_withSeed(&taken_, sizeof taken_, seed_) >> 32;
    return static_cast<std::uint32_t>(random * end >> 32);
  }

  std::uint32_t size_, taken_ = 0;
  std::uint64_t seed_;
  boost::unordered_flat_map<std::uint32_t, std::uint32_t> moved_;
};

error at_row(const io::dataset_reader& from, const io::row& row, std::string_view what) {
  return {errc::usage,
          fmt::format("few_shot: {}:{}: {}", from.file_name(row.file), row.line, what)};
}

}  // namespace

examples::members examples::members_of(element record) {
  members out;
  simdjson::dom::object fields;
  if (record.get(fields)) return out;
  out.reserve(fields.size());
  for (const auto& [name, value] : fields) {
    out.push_back({hash_of(name), hash_of(value)});
  }
  std::ranges::sort(out);
  return out;
}

bool examples::are_one(const members& a, const members& b) {
  const auto& [few, many] = a.size() <= b.size() ? std::tie(a, b) : std::tie(b, a);
  return !few.empty() && std::ranges::includes(many, few);
}

result<examples> examples::load(const few_shot_config& from) {
  examples made;
  made.k_ = from.k;
  made.seed_ = from.seed;
  auto reader = io::dataset_reader::open(from.paths);
  if (!reader) return error{reader.error().code, "few_shot.path: " + reader.error().message};
  providers::json_parser parser;
  for (;;) {
    auto row = reader->next();
    if (!row) return row.error();
    if (!*row) break;
    if (!(*row)->problem.empty()) return at_row(*reader, **row, (*row)->problem);
    const auto record = parse_record(parser, (*row)->text);
    if (!record) return at_row(*reader, **row, record.error().message);
    made.pool_.push_back({std::string((*row)->text), members_of(*record)});
  }
  if (made.pool_.size() >= made.k_) return made;
  return error{errc::usage, fmt::format("few_shot.k is {}; expected at most the {} rows of "
                                        "few_shot.path",
                                        made.k_, made.pool_.size())};
}

result<element> examples::draw(element record, std::uint64_t ordinal) const {
  const members own = members_of(record);
  const std::uint64_t seed = XXH3_64bits_withSeed(&ordinal, sizeof ordinal, seed_);
  shuffled order(static_cast<std::uint32_t>(pool_.size()), seed);
  std::string text = "{\"examples\":[";
  for (std::uint32_t drawn = 0; drawn < k_;) {
    if (order.is_over()) {
      return error{errc::dataset, fmt::format("few_shot.k is {} and few_shot.path has {} rows that "
                                              "are not this record",
                                              k_, drawn)};
    }
    const example& one = pool_[order.next()];
    if (are_one(own, one.has)) continue;
    text.append(drawn++ == 0 ? "" : ",").append(one.text);
  }
  thread_local providers::json_parser parser;
  return parse_record(parser, text.append("]}"));
}

}  // namespace retort::engine
