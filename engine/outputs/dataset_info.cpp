#include "engine/outputs/dataset_info.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "engine/config/config_output.hpp"
#include "engine/formats/llama_factory.hpp"
#include "io/file/packer.hpp"

namespace retort::engine {
namespace {

class no_lines : public view_writer {
 public:
  result<void> take(const view_change&, std::string_view) override { return {}; }
  std::uint64_t rows() const override { return 0; }
};

class dataset_info : public view {
 public:
  dataset_info(std::string path, std::string text)
      : view(view_kind::companion, std::move(path)), text_(std::move(text)) {}

  std::string_view render(const sample&, std::string&) const override { return {}; }
  result<std::unique_ptr<view_writer>> begin(view_files& files) const override {
    const auto out = files.open(path());
    if (!out) return out.error();
    if (auto put = (*out)->append(text_); !put) return put.error();
    return std::make_unique<no_lines>();
  }

 private:
  std::string text_;
};

// It reads one file, of JSON lines as they are or Parquet.
bool is_described(const output_config& of) {
  const bool is_plain = of.path != "-" && of.shard_mb == 0 && !is_table(of) &&
                        io::packing_of(of.path) == io::packing::none;
  return is_plain && (of.format == "sharegpt" || of.format == "alpaca");
}

// train.jsonl is "train", but where train.json stands beside it: both are called in full then.
std::string name_of(const config& run, const output_config& of,
                    const std::vector<const output_config*>& all) {
  const std::filesystem::path file(path_of(run, of));
  const auto namesakes = std::ranges::count_if(all, [&](const output_config* one) {
    const std::filesystem::path other(path_of(run, *one));
    return other.stem() == file.stem() || other.filename() == file.stem();
  });
  return (namesakes > 1 ? file.filename() : file.stem()).string();
}

std::string text_of(const config& run, const std::vector<const output_config*>& all) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  for (const output_config* one : all) {
    write_dataset_info(*one, path_of(run, *one), name_of(run, *one, all), json);
  }
  json.close_object();
  return out + '\n';
}

}  // namespace

view_list dataset_info_views(const config& run) {
  std::map<std::filesystem::path, std::vector<const output_config*>> by_directory;
  for (const output_config& one : run.outputs) {
    const std::filesystem::path file(path_of(run, one));
    if (is_described(one)) by_directory[file.parent_path()].push_back(&one);
  }
  view_list out;
  for (const auto& [directory, all] : by_directory) {
    out.push_back(std::make_unique<dataset_info>((directory / "dataset_info.json").string(),
                                                 text_of(run, all)));
  }
  return out;
}

}  // namespace retort::engine
