// Takes API keys out of text: a server can put the key that it was sent into anything it says. A
// key is found as it is, in base64 at any alignment, and behind percent or JSON escapes; whole, or
// as many of its characters in a row as give it away. Immutable after making; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort::engine {

class key_mask {
 public:
  key_mask() = default;
  // Empty keys count for nothing.
  explicit key_mask(const std::vector<std::string>& keys);

  bool is_empty() const { return forms_.empty() && short_keys_.empty(); }

  // In what is kept (answers, the ledger, the views): runs of 16 characters of a key and more
  // become "***". Fewer are left as they are: an answer may well speak of "sk-proj-". Costs a look
  // at every eighth byte where there is nothing to mask. True when there was.
  bool mask_kept(std::string& text) const;
  // In what is shown to a person: runs of 8 and more, to the end of their word, since a key that a
  // server cut off goes on in ways nobody knows; and short keys, whole.
  std::string without_keys(std::string text) const;

  // Begin and end of what mask_kept() would mask, in order.
  using ranges = std::vector<std::pair<std::size_t, std::size_t>>;
  ranges kept_ranges(std::string_view text) const;

 private:
  // One form of a key, and how many of its characters in a row are too many.
  struct form {
    std::string text;
    std::size_t most_kept;
    std::size_t most_shown;
  };
  // Where in the forms any group of bytes of one width stands.
  struct group_index {
    struct place {
      std::uint64_t group;
      std::uint32_t form;
      std::uint32_t at;
    };
    std::size_t width = 0;
    std::vector<place> places;                   // sorted by group
    std::array<std::uint64_t, 256> filter = {};  // of hashes of the groups
    void add(const form& one, std::uint32_t number);
    bool may_hold(std::uint64_t group) const;
  };

  ranges find(std::string_view text, const group_index& groups, std::size_t form::*least) const;
  ranges find_escaped(std::string_view text, const group_index& groups,
                      std::size_t form::*least) const;

  std::vector<form> forms_;
  std::vector<std::string> short_keys_;
  group_index kept_, shown_;
};

}  // namespace retort::engine
