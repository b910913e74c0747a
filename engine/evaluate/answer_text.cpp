#include "engine/evaluate/answer_text.hpp"

#include <algorithm>

#include "engine/text/text.hpp"

namespace retort::engine {

std::string_view answer_part(std::string_view completion) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (completion.starts_with(byte_order_mark)) completion.remove_prefix(byte_order_mark.size());
  std::string_view answer = completion;
  for (const std::string_view end : {"</think>", "</thinking>"}) {
    const auto at = answer.rfind(end);
    if (at != std::string_view::npos) answer.remove_prefix(at + end.size());
  }
  if (answer.size() < completion.size()) return answer;
  const auto text = trim(completion);
  return text.starts_with("<think>") || text.starts_with("<thinking>") ? "" : completion;
}

}  // namespace retort::engine
