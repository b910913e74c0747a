// Notices records that share an id. What is remembered is bounded: the hashes of the first million
// ids, against which all are compared. One thread at a time.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retort::engine {

class id_register {
 public:
  explicit id_register(std::size_t most = std::size_t{1} << 20) : most_(most) {}

  // The other record that has this id, if there is one. The same record may be noted again.
  std::optional<std::uint64_t> note(std::string_view id, std::uint64_t ordinal);

 private:
  std::size_t most_;
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> ordinals_;  // by the hash of the id
};

// "\"x\" is that of records 3 and 7"
std::string describe_repeated_id(std::string_view id, std::uint64_t first, std::uint64_t second);

}  // namespace retort::engine
