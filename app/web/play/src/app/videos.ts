import { registerAttachment } from "../ui/post/attachment";
import { VideoSlot } from "../ui/video/slot";

registerAttachment("video", VideoSlot);
