#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/data/caption_sets.hpp"
#include "core/data/text_file.hpp"

namespace saccade::metrics {

// The two JSON files of the COCO caption evaluation. Image ids are whole numbers or strings in the files and strings
// here; when written, "42" is the number 42 and "dog.jpg" a string. Every Error names the file and the entry or the
// line.

/// Takes a fault of one entry: its place and what is wrong.
using CocoFault = std::function<void(const std::string& place, const std::string& what)>;

/// Reads a results file: [{"image_id": 42, "caption": "a dog"}, ...]; other keys are ignored.
/// Throws Error for an unreadable or empty file, bad JSON or UTF-8, missing keys, and an image that is there twice.
HypothesisSet read_coco_results(const TextFile& file);

/// Reads an annotations file: {"images": [{"id": 42}, ...], "annotations": [{"image_id": 42, "id": 1, "caption": "a
/// dog"},
/// ...]}; "file_name" is kept and other keys are ignored. Images come in the order of "images", or without that key in
/// the order of their first annotation. Throws Error as above, for an annotation id that is there twice, and for an
/// annotation of an image that "images" does not list.
///
/// With `fault`, what is wrong with single images and annotations is given to it, by place ("annotation 3") and in a
/// phrase, and they are left out; only a file that cannot be understood at all throws.
ReferenceSet read_coco_annotations(const TextFile& file, const CocoFault& fault = {});

/// Writes a results file. Throws Error when the file cannot be written or a caption is not valid UTF-8.
void write_coco_results(const std::filesystem::path& path, const std::vector<ImageCaption>& captions);

/// Writes an annotations file that COCO's own tools read. Throws Error as above.
void write_coco_annotations(const std::filesystem::path& path, const std::vector<ImageReferences>& images);

}  // namespace saccade::metrics
