#include "engine/answers/answer_text.hpp"

#include <cstring>

#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

// Up to the end of the last tag that ends thinking, in bytes; 0 without one. From tag to tag: rfind
// would compare at every byte, which was a quarter of all that a record costs.
std::size_t size_of_thinking(std::string_view text) {
  for (std::size_t left = text.size(); left > 0;) {
    const void* const at = ::memrchr(text.data(), '<', left);
    if (at == nullptr) return 0;
    left = static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
    for (const std::string_view end : {"</think>", "</thinking>"}) {
      if (text.substr(left).starts_with(end)) return left + end.size();
    }
  }
  return 0;
}

}  // namespace

std::string_view answer_part(std::string_view completion) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (completion.starts_with(byte_order_mark)) completion.remove_prefix(byte_order_mark.size());
  if (const auto thought = size_of_thinking(completion)) return completion.substr(thought);
  const auto text = trim(completion);
  return text.starts_with("<think>") || text.starts_with("<thinking>") ? "" : completion;
}

}  // namespace retort::engine
