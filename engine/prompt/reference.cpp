#include "engine/prompt/reference.hpp"

#include <fmt/format.h>

#include "engine/text/text.hpp"

namespace retort::engine {

result<std::string_view> take_reference(std::string_view rendered,
                                        const std::optional<pattern>& where) {
  if (!where) return trim(rendered);
  if (const auto found = where->last_in(rendered)) return trim(*found);
  return error{errc::dataset, fmt::format("reference: pattern \"{}\" matches nothing in \"{}\"",
                                          where->text(), excerpt(rendered))};
}

}  // namespace retort::engine
