// Whole platforms with what no shipped application uses, in one file: each file of jest loads the providers anew.
import "./every-feature";
import "./queue-scaling";
