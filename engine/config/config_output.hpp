// `outputs`, or `output` for one: the files that a run's samples go to. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/keys/config_key.hpp"
#include "engine/keys/yaml_section.hpp"
#include "engine/keys/yaml_tree.hpp"

namespace retort::engine {

// The rows of `outputs[]`: those of `output` again.
std::vector<config_key> rows_of_outputs(const std::vector<config_key>& of_run);

// "format: {jq: PROGRAM}" is short for "format: jq" and "jq: PROGRAM", "reasoning: {field: NAME}"
// for "reasoning: field" and "reasoning_field: NAME".
void expand_outputs(yaml_node& root);

// Problems go to the section's reading. All else is read already: it says where files go that
// nobody named, and what a format finds.
std::vector<output_config> read_outputs(yaml_section& root, const config& read);

// Where an output's training file goes, and its rejected samples: beside that, or where it would be
// if it went to no file.
std::string path_of(const config& run, const output_config& of);
std::string rejected_path_of(const config& run, const output_config& of);
// Of an output in several files, the n-th: data-00003.jsonl.gz
std::string shard_path(const std::string& path, std::size_t n);

// The fields of the dataset that any output carries along, each once.
std::vector<std::string> columns_of(const config& run);

// By its format's name or its path's ending: CSV, else JSON lines.
bool is_table(const output_config& of);
// A table with types, by its path's ending.
bool is_parquet(const output_config& of);

}  // namespace retort::engine
