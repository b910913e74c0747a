#include "engine/config/config_few_shot.hpp"

#include <xxhash.h>

#include "io/dataset/dataset.hpp"

namespace retort::engine {
result<std::uint64_t> hash_of_rows(const std::vector<std::string>& files) {
  auto reader = io::dataset_reader::open(files);
  if (!reader) return reader.error();
  for (std::uint64_t hash = 0;;) {
    auto row = reader->next();
    if (!row) return row.error();
    if (!*row) return hash;
    hash = XXH3_64bits_withSeed((*row)->text.data(), (*row)->text.size(), hash);
  }
}

std::optional<few_shot_config> read_few_shot(yaml_section& root) {
  if (!root.has("few_shot")) return std::nullopt;
  yaml_section section = root.section("few_shot");
  few_shot_config out;
  out.paths = section.texts("path");
  out.k = static_cast<std::uint32_t>(section.whole("k").value_or(out.k));
  out.seed = static_cast<std::uint64_t>(section.whole("seed").value_or(0));
  if (!section.has("path")) return out;  // which is told already
  const auto content = hash_of_rows(out.paths);
  if (content) {
    out.content = *content;
  } else {
    section.fail("path", content.error().message);
  }
  return out;
}

}  // namespace retort::engine
