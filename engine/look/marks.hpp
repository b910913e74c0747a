// What a person has said of samples: marks.jsonl of the run directory, a line each,
//   {"id":"q1","score":1,"mark":"good","note":"","key":[0,0,0,0,0]}
// of which the evaluator `scores` reads id and score. Written anew, whole, with each mark. One
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "engine/directory/run_directory.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct mark {
  std::string id;  // the record's
  bool is_good = false;
  std::string note;
};

class mark_book {
 public:
  // errc::mismatch names the line that is no mark; errc::unreadable.
  static result<mark_book> read(const std::string& path);

  const mark* find(const sample_key& of) const;
  // Reads the file once more, puts the mark in or takes it out, and writes it. errc::disk,
  // errc::unwritable and as read().
  result<void> set(const sample_key& of, mark what);
  result<void> unset(const sample_key& of);
  std::size_t size() const { return marks_.size(); }

 private:
  using place = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, std::uint32_t,
                           std::uint32_t>;  // ordinal, variant, k, step, from
  static place place_of(const sample_key& of);
  explicit mark_book(std::string path) : path_(std::move(path)) {}
  result<void> read_again();
  result<void> take(const std::string& line, std::uint64_t number);
  result<void> save() const;

  std::string path_;
  std::map<place, mark> marks_;
};

// How far marks and verdicts agree: of those marked that have a verdict.
struct mark_agreement {
  std::uint64_t good_accepted = 0, good_rejected = 0, bad_accepted = 0, bad_rejected = 0;

  void add(bool is_good, bool is_accepted);
  std::uint64_t all() const;
  std::uint64_t agreed() const { return good_accepted + bad_rejected; }
  // Cohen's kappa (Educational and Psychological Measurement 20, 1960): 1 in full agreement, 0 as
  // by chance. Nothing where chance alone would agree on all.
  std::optional<double> kappa() const;
};

}  // namespace retort::engine
