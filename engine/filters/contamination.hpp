// What a benchmark has, so that nothing of it is trained on: every n words in a row of the named
// fields of its rows. A text of fewer words is met only by one of the same words, all of them.
// Words are those of words.hpp, symbols aside. Immutable after making; any thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

class contamination {
 public:
  // Reads the files whole. errc::unreadable, errc::usage, errc::dataset: which file, row and field.
  static result<contamination> load(const decontaminate_config& from);

  // "13 words of test.jsonl:7 (question)", where the text has such.
  std::optional<std::string> find_in(std::string_view text) const;
  // The same of a part of a text, which is none of the short ones of a benchmark.
  std::optional<std::string> find_run_in(std::string_view text) const;
  // Of all that the files hold.
  std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  struct place {
    std::uint32_t file;
    std::uint32_t field;
    std::uint64_t line;
  };
  using index = boost::unordered_flat_map<std::uint64_t, std::uint32_t>;

  void add(std::string_view text, const place& where);
  std::optional<std::string> find_run(std::span<const std::uint64_t> all) const;
  bool has_part(std::span<const std::uint64_t> words) const;
  const std::uint32_t* find_around(std::span<const std::uint64_t> words, std::size_t at) const;
  std::string describe(std::uint32_t place, std::string_view how_much) const;

  std::size_t n_ = 0;
  std::vector<std::string> files_, fields_;
  std::vector<place> places_;  // of each text
  index grams_, short_texts_;  // -> places_
  // Any n words in a row hold, whole, a part of (n + 1) / 2 that begins at a multiple of as many:
  // so that many times fewer runs of a text need to be looked up.
  std::size_t part_ = 0;
  boost::unordered_flat_set<std::uint64_t> parts_;
  std::uint64_t fingerprint_ = 0;
};

}  // namespace retort::engine
