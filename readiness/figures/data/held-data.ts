import { protectedTypes } from "../../../catalog/provider-traits";

/** Types of resources that hold something which cannot be made again from the code. */
export const statefulTypes = protectedTypes();
