// LLaMA-Factory's formats, sharegpt and alpaca, and the entries of its dataset_info.json that say
// which member is what. Pure; any thread.
#pragma once

#include <string>

#include "engine/formats/example.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

// {"conversations": [{"from", "value"}], "system", "tools"}: human and observation, gpt and
// function_call take turns.
broken_rule write_sharegpt(const example& what, io::json_writer& json);
// {"instruction", "input", "output", "system", "history"}
broken_rule write_alpaca(const example& what, io::json_writer& json);

// The member "<name>": {"file_name", "formatting", "columns", "tags"} of dataset_info.json.
void write_dataset_info(const output_config& of, const std::string& path, std::string_view name,
                        io::json_writer& json);

}  // namespace retort::engine
