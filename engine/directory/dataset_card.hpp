// The dataset card: README.md of the run directory, as a dataset hub reads it (its YAML header says
// which files are which split) and as a person does. Any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/directory/run_facts.hpp"
#include "engine/views/view_fold.hpp"

namespace retort::engine {

// `written`: what the run's views have come to.
// Nothing secret is in it that is in neither.
std::string dataset_card(const config& run, const run_facts& facts,
                         const std::vector<written_view>& written);

// Writes a card, with a hash of all else in its header, unless the file there has none or another:
// what somebody has changed stays as it is. errc::disk, errc::unwritable, errc::unreadable.
// `mask` is asked about all but the words that every card begins with.
result<void> replace_card(const std::string& path, const std::string& text,
                          const std::function<void(std::string&)>& mask = {});

}  // namespace retort::engine
