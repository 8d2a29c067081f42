#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/data/caption_sets.hpp"
#include "core/data/text_file.hpp"

namespace saccade {

// The two JSON files of the COCO caption evaluation. Image ids are integers or strings in the files and strings here;
// "42" is written as the number 42. Every Error names the file and the entry or line.

/// Receives the position of an entry and its fault.
using CocoFault = std::function<void(const std::string& place, const std::string& what)>;

/// Reads a results file: [{"image_id": 42, "caption": "a dog"}, ...]; other keys are ignored.
/// Throws Error if the file cannot be read or is empty, for invalid JSON or UTF-8, missing keys and duplicate images.
HypothesisSet read_coco_results(const TextFile& file);

/// Reads an annotations file: {"images": [{"id": 42}, ...], "annotations": [{"image_id": 42, "id": 1, "caption": "a
/// dog"},
/// ...]}; "file_name" is kept and other keys are ignored. Images have the order of "images", or, without that key, of
/// their first annotations. Throws Error as above, and for duplicate annotation ids and annotations of images that
/// "images" does not list.
///
/// `fault`, if given, receives faults of single images and annotations ("annotation 3" and a phrase), which are
/// omitted. Then only a file that cannot be read at all throws.
ReferenceSet read_coco_annotations(const TextFile& file, const CocoFault& fault = {});

/// Writes a results file. Throws Error if the file cannot be written or a caption is not valid UTF-8.
void write_coco_results(const std::filesystem::path& path, const std::vector<ImageCaption>& captions);

/// Writes an annotations file for COCO's tools. Throws Error as above.
void write_coco_annotations(const std::filesystem::path& path, const std::vector<ImageReferences>& images);

}  // namespace saccade
