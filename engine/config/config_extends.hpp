// `extends: base.yaml`: a config that goes on from another. Reads files; one thread.
#pragma once

#include <string>

#include "engine/keys/yaml_tree.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// A config file's text, or what lets parse_yaml see that it is too large. errc::usage, errc::disk.
result<std::string> read_config_file(const std::string& file);

// The tree of a config with what it extends beneath it: maps are joined key by key, anything else
// of the config takes the place of the base's, an empty value too. The base's path counts from the
// directory of the file that names it, and may have a base itself; its `run` and `run_dir` are its
// own. errc::usage with the place: a base that cannot be read or extends itself, and whatever is
// wrong in it.
result<yaml_node> with_bases(yaml_node config, const std::string& file);

}  // namespace retort::engine
