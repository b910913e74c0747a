// Reads `models`: the endpoints, their keys' whereabouts and their limits. One thread at a time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/keys/yaml_section.hpp"
#include "io/net/service_records.hpp"

namespace retort::engine {

// Problems go to the section's reading, as everywhere; no key and no password is ever in them.
std::vector<model_config> read_models(yaml_section& root);
// The file that models[].endpoints.file names (engine/text/endpoint_lines.hpp). errc::unreadable,
// errc::usage.
result<std::vector<std::string>> read_endpoint_lines(const std::string& path);
// Base URLs of those places: as `like`, whose host is the service's name.
std::vector<std::string> service_urls(std::span<const io::service_place> places,
                                      std::string_view like);
// An entry's endpoints there: with its keys and authorities, and without limits, which are all of
// theirs together.
std::vector<endpoint_config> endpoints_at(std::span<const std::string> urls,
                                          const model_config& like);

// The one model of a judge: it takes neither `endpoints` nor `mode`.
model_config read_judge_model(yaml_section section);

}  // namespace retort::engine
